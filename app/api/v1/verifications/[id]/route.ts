import { endpoint } from '@/lib/http/endpoint';
import { getVerification } from '@/lib/operations/verifications/get';

export const GET = endpoint('verifications.get', async ({ actor, params }) => ({
  result: await getVerification(actor, { verificationId: params.id ?? '' }),
}));
