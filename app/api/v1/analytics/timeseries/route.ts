import { endpoint } from '@/lib/http/endpoint';
import { questionOf } from '@/lib/operations/analytics/question';
import { timeseriesResource } from '@/lib/operations/analytics/resource';
import { readTimeseries } from '@/lib/operations/analytics/timeseries';

export const GET = endpoint('analytics.timeseries', async ({ actor, query }) => ({
  result: timeseriesResource(
    await readTimeseries(actor, await questionOf(query), query.metrics, {
      interval: query.interval,
      groupBy: query.group_by,
    }),
    query.group_by,
  ),
}));
