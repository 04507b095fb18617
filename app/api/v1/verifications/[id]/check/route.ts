import { endpoint } from '@/lib/http/endpoint';
import { checkVerification } from '@/lib/operations/verifications/check';

export const POST = endpoint('verifications.check', async ({ actor, body, params }) => ({
  result: await checkVerification(actor, {
    verificationId: params.id ?? '',
    code: body.code,
    transaction: body.transaction,
  }),
}));
