import { describeApi } from '@/lib/contract/openapi';
import { endpoint } from '@/lib/http/endpoint';
import { VERSION } from '@/lib/version';

const description = describeApi(VERSION);

export const GET = endpoint('openapi.get', async () => ({ result: description }));
