import { requireUser } from '@/lib/auth/session';
import { viewerTimeZone } from '@/lib/auth/viewer-zone';
import { isFromAnotherSite } from '@/lib/http/another-site';
import { exportAudit } from '@/lib/operations/audit/export';
import { queryOf } from '../query';
import { loadView } from '../search-params';

/** What the log shows under these filters, as a file. */
export async function GET(request: Request): Promise<Response> {
  const user = await requireUser('audit:read');
  if (isFromAnotherSite(request)) return new Response(null, { status: 403 });
  const view = loadView(new URL(request.url).searchParams);
  const query = queryOf({ ...view, after: null }, new Date(), await viewerTimeZone(), 1);
  return new Response(await exportAudit(user, query), {
    headers: {
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': 'attachment; filename="audit.csv"',
      'cache-control': 'no-store',
    },
  });
}
