import { endpoint } from '@/lib/http/endpoint';
import { listChannels } from '@/lib/operations/routes/channels';

export const GET = endpoint('channels.list', async ({ actor, query }) => ({
  result: await listChannels(actor, query),
}));
