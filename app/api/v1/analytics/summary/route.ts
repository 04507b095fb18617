import { endpoint } from '@/lib/http/endpoint';
import { questionOf } from '@/lib/operations/analytics/question';
import { summaryResource } from '@/lib/operations/analytics/resource';
import { readSummary } from '@/lib/operations/analytics/summary';

export const GET = endpoint('analytics.summary', async ({ actor, query }) => ({
  result: summaryResource(await readSummary(actor, await questionOf(query), query.metrics)),
}));
