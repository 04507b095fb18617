import { endpoint } from '@/lib/http/endpoint';
import { resendVerification } from '@/lib/operations/verifications/resend';

export const POST = endpoint('verifications.resend', async ({ actor, body, params }) => ({
  result: await resendVerification(actor, { verificationId: params.id ?? '', channel: body.channel }),
}));
