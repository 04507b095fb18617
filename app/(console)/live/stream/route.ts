import { watchingUser } from '@/lib/auth/session';
import { ERRORS, isRefusal } from '@/lib/domain/errors';
import { mayDo } from '@/lib/domain/permissions';
import { type TailEvent, tailVerifications } from '@/lib/operations/verifications/tail';
import { queryOf } from '../../verifications/query';
import { loadView } from '../../verifications/search-params';

/** What happens from now on under these filters, as server-sent events. */
export async function GET(request: Request): Promise<Response> {
  const watching = await watchingUser();
  if (!watching || !mayDo(watching.user, 'verifications:read')) return new Response(null, { status: 401 });
  const { searchParams } = new URL(request.url);
  const { query, endings } = queryOf(loadView(searchParams), new Date(), 'UTC');
  if (endings === null) return new Response(null, { status: 400 });
  const left = new AbortController();
  request.signal.addEventListener('abort', () => left.abort());
  try {
    const since = request.headers.get('last-event-id') ?? searchParams.get('since');
    const events = await tailVerifications(
      watching.user,
      { terms: query.terms, since },
      { isStillOpen: watching.isStillOpen, signal: left.signal },
    );
    return new Response(asBytes(events, left), {
      headers: {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store, no-transform',
        'x-accel-buffering': 'no',
      },
    });
  } catch (error: unknown) {
    if (isRefusal(error)) return new Response(null, { status: ERRORS[error.code].status });
    throw error;
  }
}

function asBytes(events: AsyncGenerator<TailEvent, void>, left: AbortController): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream<Uint8Array>(
    {
      start: (controller) => controller.enqueue(encoder.encode('retry: 2000\n\n')),
      async pull(controller) {
        const { done, value } = await events.next();
        if (done) controller.close();
        else controller.enqueue(encoder.encode(textOf(value)));
      },
      async cancel() {
        left.abort();
        await events.return();
      },
    },
    { highWaterMark: 0 },
  );
}

function textOf(event: TailEvent): string {
  if (event.kind === 'heartbeat') return ': still here\n\n';
  if (event.kind === 'end') return `event: end\ndata: ${event.why}\n\n`;
  const { lines, dropped, last } = event;
  return `event: lines\nid: ${last}\ndata: ${JSON.stringify({ lines, dropped })}\n\n`;
}
