import { endpoint } from '@/lib/http/endpoint';
import { readMovers } from '@/lib/operations/analytics/movers';
import { questionOf } from '@/lib/operations/analytics/question';
import { moversResource } from '@/lib/operations/analytics/resource';

export const GET = endpoint('analytics.movers', async ({ actor, query }) => ({
  result: moversResource(await readMovers(actor, await questionOf(query), query.metric)),
}));
