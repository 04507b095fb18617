import { findDestinations, findToldOfOpening, queueDeliveries } from '@/lib/db/alert-deliveries';
import type { AlertRow } from '@/lib/db/alerts';
import type { Db } from '@/lib/db/client';
import { env } from '@/lib/env';
import { newUuid, publicId } from '@/lib/ids';

export type AlertEvent = 'alert.opened' | 'alert.resolved' | 'alert.test';

/** What a destination is told. Holds no number, no code and no address of a person. */
export type AlertNotice = {
  type: AlertEvent;
  timestamp: string;
  data: {
    id: string;
    kind: string;
    severity: string;
    cause: string;
    opened_at: string;
    resolved_at: string | null;
    openings: number;
    scope: {
      connection: string | null;
      channel: string | null;
      countries: readonly string[];
      app: string | null;
      template: string | null;
      reason: string | null;
    };
    evidence: { unit: string; now: unknown; before: unknown; baseline: string | null; window_minutes: number };
    samples: string[];
    url: string;
  };
};

export function noticeOf(type: AlertEvent, alert: AlertRow, at: Date): AlertNotice {
  const id = publicId('alert', alert.id);
  const { scope, evidence } = alert;
  return {
    type,
    timestamp: at.toISOString(),
    data: {
      id,
      kind: alert.kind,
      severity: alert.severity,
      cause: alert.cause,
      opened_at: alert.openedAt.toISOString(),
      resolved_at: alert.resolvedAt?.toISOString() ?? null,
      openings: alert.openings,
      scope: {
        connection: scope.connectionId && publicId('connection', scope.connectionId),
        channel: scope.channel,
        countries: scope.countries,
        app: scope.appId && publicId('app', scope.appId),
        template: scope.template,
        reason: scope.reason ?? null,
      },
      evidence: {
        unit: evidence.unit,
        now: evidence.now,
        before: evidence.before,
        baseline: evidence.baseline,
        window_minutes: evidence.windowMinutes,
      },
      samples: alert.samples.map((uuid) => publicId('verification', uuid)),
      url: `${env().WATCHWORD_PUBLIC_URL}/alerts/${id}`,
    },
  };
}

/**
 * Notes the event, in the transaction that makes it true. A snoozed alert tells nobody. An end is told to those who were told of the
 * beginning, whatever the rules say by then.
 *
 * @param chosen who is told that it opened; empty is everybody
 */
export async function queueNotice(
  tx: Db,
  type: AlertEvent,
  alert: AlertRow,
  chosen: readonly string[],
  at: Date,
): Promise<number> {
  if (alert.isSnoozed) return 0;
  const isEnd = type === 'alert.resolved';
  const ids = isEnd ? await findToldOfOpening(tx, alert.id) : chosen;
  const isForAll = !isEnd && chosen.length === 0;
  const told = (await findDestinations(tx)).filter(({ id, enabled }) => enabled && (isForAll || ids.includes(id)));
  return queueDeliveries(
    tx,
    told.map(({ id }) => ({ id: newUuid(), destinationId: id })),
    { alertId: alert.id, event: type, body: noticeOf(type, alert, at) },
  );
}
