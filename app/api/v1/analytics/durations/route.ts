import { endpoint } from '@/lib/http/endpoint';
import { readDurations } from '@/lib/operations/analytics/durations';
import { questionOf } from '@/lib/operations/analytics/question';
import { durationsResource } from '@/lib/operations/analytics/resource';

export const GET = endpoint('analytics.durations', async ({ actor, query }) => ({
  result: durationsResource(query.duration, await readDurations(actor, await questionOf(query), query.duration)),
}));
