import type { DurationHistogram, Question } from '@/lib/contract/analytics';
import type { Actor } from '@/lib/domain/actor';
import { permit } from '@/lib/domain/permissions';
import type { Duration } from '@/lib/domain/stats/measures';

/** How long something took, as a histogram. */
export async function readDurations(actor: Actor, question: Question, duration: Duration): Promise<DurationHistogram> {
  permit(actor, 'analytics:read');
  throw new Error('not built yet');
}
