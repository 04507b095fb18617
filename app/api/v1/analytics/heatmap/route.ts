import { endpoint } from '@/lib/http/endpoint';
import { readHeatmap } from '@/lib/operations/analytics/heatmap';
import { questionOf } from '@/lib/operations/analytics/question';
import { heatmapResource } from '@/lib/operations/analytics/resource';

export const GET = endpoint('analytics.heatmap', async ({ actor, query }) => ({
  result: heatmapResource(await readHeatmap(actor, await questionOf(query), query.metrics)),
}));
