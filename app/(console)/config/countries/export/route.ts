import { requireUser } from '@/lib/auth/session';
import { exportRoutes } from '@/lib/operations/routes/table';

/** The whole table as a file. */
export async function GET(): Promise<Response> {
  const user = await requireUser('config:read');
  return new Response(await exportRoutes(user), {
    headers: {
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': 'attachment; filename="countries.csv"',
      'cache-control': 'no-store',
    },
  });
}
