import { type AuditQuery, auditQuery } from '@/lib/contract/audit';
import { rangeBounds, zoneOf } from '../verifications/range';
import type { View } from './search-params';

/** The view in the words of the operation. What cannot be read is left out, like a filter that nobody set. */
export function queryOf(view: View, now: Date, viewerZone: string, limit: number): AuditQuery {
  const name = view.range ?? (view.from || view.to ? 'custom' : '30d');
  const { after, before } = rangeBounds({ name, from: view.from, to: view.to }, now, zoneOf(view, viewerZone));
  const times = { after: after.toISOString(), ...(before ? { before: before.toISOString() } : {}) };
  const text = (key: 'actor' | 'action' | 'target', value: string | null) => {
    const clean = value?.trim();
    return clean ? { [key]: clean } : {};
  };
  const wanted = {
    ...text('actor', view.actor),
    ...text('action', view.action),
    ...text('target', view.target),
    ...times,
    ...(view.after ? { cursor: view.after } : {}),
    limit,
  };
  const parsed = auditQuery.safeParse(wanted);
  return parsed.success ? parsed.data : auditQuery.parse({ ...times, limit });
}
