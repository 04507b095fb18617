import { endpoint } from '@/lib/http/endpoint';
import { cancelVerification } from '@/lib/operations/verifications/cancel';

export const POST = endpoint('verifications.cancel', async ({ actor, params }) => ({
  result: await cancelVerification(actor, { verificationId: params.id ?? '' }),
}));
