import { endpoint } from '@/lib/http/endpoint';
import { readBreakdown } from '@/lib/operations/analytics/breakdown';
import { questionOf } from '@/lib/operations/analytics/question';
import { breakdownResource } from '@/lib/operations/analytics/resource';

export const GET = endpoint('analytics.breakdown', async ({ actor, query }) => ({
  result: breakdownResource(
    await readBreakdown(actor, await questionOf(query), query.dimension, query.metrics, query.limit),
  ),
}));
