import { Refusal } from '@/lib/domain/errors';
import { withNextDoor } from '@/lib/http/endpoint';
import { BODY_MAX } from '@/lib/http/message';
import { refuse, requestIdOf } from '@/lib/http/respond';

/** Any address under /api that is nobody's, and any other where no pages are served: JSON, never Next's HTML page. */
export const unknownPath = withNextDoor(
  async (request) =>
    refuse(new Refusal('not_found', { detail: 'No such address.' }), requestIdOf(request.header('x-request-id'))),
  BODY_MAX.api,
);
