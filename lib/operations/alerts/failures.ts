import type { Actor } from '@/lib/domain/actor';
import { permit } from '@/lib/domain/permissions';
import type { AlertView } from '@/lib/operations/alerts/list';
import { readBreakdown } from '@/lib/operations/analytics/breakdown';

/** The rest is one press away. */
const REASONS_MAX = 5;
/** As many as one reason can be of, and more than there are. */
const READ_MAX = 50;

/**
 * alerts.failures: why messages of an alert's scope failed, the commonest first, from the window before it opened until it was over,
 * or now. Of the rollups: what is younger than their last refresh is not in it. Empty where nobody said that any failed.
 */
export async function failuresOf(
  actor: Actor,
  alert: Pick<AlertView, 'scope' | 'openedAt' | 'resolvedAt'> & {
    evidence: Pick<AlertView['evidence'], 'windowMinutes'>;
  },
  now: number,
): Promise<{ reason: string; messages: number }[]> {
  permit(actor, 'alerts:read');
  const { countries, channel, connectionId, appId } = alert.scope;
  const only = (values: readonly string[]) => ({ values, exclude: false });
  const { rows } = await readBreakdown(
    actor,
    {
      from: new Date(alert.openedAt.getTime() - alert.evidence.windowMinutes * 60_000),
      to: alert.resolvedAt ?? new Date(now),
      timeZone: 'UTC',
      compare: 'none',
      filters: {
        ...(countries.length > 0 ? { country: only(countries) } : {}),
        ...(channel ? { channel: only([channel]) } : {}),
        ...(connectionId ? { connection: only([connectionId]) } : {}),
        ...(appId ? { app: only([appId]) } : {}),
      },
    },
    'reason',
    ['failed_messages'],
    READ_MAX,
  );
  return rows
    .map(({ key, values }) => ({ reason: key, messages: values.failed_messages?.value ?? 0 }))
    .filter(({ reason, messages }) => reason !== '' && messages > 0)
    .toSorted((a, b) => b.messages - a.messages)
    .slice(0, REASONS_MAX);
}
