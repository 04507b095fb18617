import type { UserActor } from '@/lib/auth/session';
import type { Question } from '@/lib/contract/analytics';
import type { AnalyticsView } from './search-params';

/** What every panel of a room needs to know: who looks, at what, and where its links lead. */
export type Asked = { user: UserActor; path: string; view: AnalyticsView; question: Question };
