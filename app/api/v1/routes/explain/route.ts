import { endpoint } from '@/lib/http/endpoint';
import { explainRoute } from '@/lib/operations/routes/explain';

export const POST = endpoint('routes.explain', async ({ actor, body }) => ({
  result: await explainRoute(actor, body),
}));
