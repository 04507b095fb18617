import { requireUser } from '@/lib/auth/session';
import { viewerTimeZone } from '@/lib/auth/viewer-zone';
import { ERRORS, isRefusal, wordsOf } from '@/lib/domain/errors';
import { isFromAnotherSite } from '@/lib/http/another-site';
import { exportVerifications } from '@/lib/operations/verifications/export';
import { queryOf } from '../query';
import { loadView } from '../search-params';

const TYPES = { csv: 'text/csv; charset=utf-8', ndjson: 'application/x-ndjson; charset=utf-8' } as const;

/** What the list shows under these filters, all of it, as a file that flows while it is read. */
export async function GET(request: Request): Promise<Response> {
  const user = await requireUser('verifications:read');
  if (isFromAnotherSite(request)) return new Response(null, { status: 403 });
  const { searchParams } = new URL(request.url);
  const format = searchParams.get('format') === 'ndjson' ? 'ndjson' : 'csv';
  const now = new Date();
  const { query, endings } = queryOf(loadView(searchParams), now, await viewerTimeZone());
  if (endings === null) return new Response('The number in this address cannot be read.\n', { status: 400 });
  try {
    return new Response(await exportVerifications(user, { ...query, format }), {
      headers: {
        'content-type': TYPES[format],
        'content-disposition': `attachment; filename="verifications-${now.toISOString().slice(0, 16).replaceAll(':', '')}.${format}"`,
        // Nothing on the way may keep it, or hold it back to press it.
        'cache-control': 'no-store, no-transform',
        'x-accel-buffering': 'no',
      },
    });
  } catch (error: unknown) {
    if (!isRefusal(error)) throw error;
    return new Response(`${wordsOf(error)}\n`, {
      status: ERRORS[error.code].status,
      headers: error.retryAfterSeconds ? { 'retry-after': String(error.retryAfterSeconds) } : {},
    });
  }
}
