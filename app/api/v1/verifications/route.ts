import { endpoint } from '@/lib/http/endpoint';
import { issueVerification } from '@/lib/operations/verifications/issue';
import { listVerifications } from '@/lib/operations/verifications/list';

export const POST = endpoint('verifications.issue', async ({ actor, body, requestId, idempotency }) => {
  const { resource, isReplay } = await issueVerification(actor, body, { requestId, idempotency });
  return isReplay ? { result: resource, headers: { 'idempotent-replayed': 'true' } } : { result: resource };
});

export const GET = endpoint('verifications.list', async ({ actor, query }) => {
  const { data, hasMore, nextAfter } = await listVerifications(actor, query);
  return { result: { object: 'list', data, has_more: hasMore, next_after: nextAfter } };
});
