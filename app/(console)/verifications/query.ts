import { openNumber } from '@/lib/auth/sealed-number';
import { type ListQuery, listQuery } from '@/lib/contract/verifications';
import type { ConsoleScope } from '@/lib/operations/verifications/list';
import { type RangeName, rangeBounds } from './range';
import type { View } from './search-params';

export const ROWS = 40;

/** A search looks everywhere unless a range was chosen; a plain list shows the last day. */
export function rangeOf(view: View): RangeName {
  return view.range ?? (view.from || view.to ? 'custom' : view.number || view.reference ? '90d' : '24h');
}

/** The view in the words of the list operation. Values that are no country, app or use case are left out, like an unknown filter. */
export function queryOf(
  view: View,
  now: Date,
  timeZone: string,
): { query: ListQuery; scope: ConsoleScope; number: string | null } {
  const { after, before } = rangeBounds({ name: rangeOf(view), from: view.from, to: view.to }, now, timeZone);
  const number = view.number ? openNumber(view.number) : null;
  const wanted = {
    limit: ROWS,
    ...(view.status.length > 0 ? { status: view.status } : {}),
    ...(view.channel ? { channel: [view.channel] } : {}),
    ...(view.country ? { country: [view.country] } : {}),
    ...(view.use_case ? { use_case: [view.use_case] } : {}),
    ...(view.reference ? { reference: view.reference } : {}),
    ...(number ? { to: number } : {}),
    created_after: after.toISOString(),
    ...(before ? { created_before: before.toISOString() } : {}),
    ...(view.after ? { starting_after: view.after } : {}),
  };
  const parsed = listQuery.safeParse(wanted);
  const query = parsed.success ? parsed.data : listQuery.parse({ limit: ROWS, created_after: after.toISOString() });
  const isUuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(view.app ?? '');
  return {
    query,
    scope: { appId: isUuid ? view.app : null, livemode: view.mode ? view.mode === 'live' : null },
    number,
  };
}
