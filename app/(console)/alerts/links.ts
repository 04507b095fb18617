import { templateOf } from '@/lib/domain/alerts/causes';
import type { AlertView } from '@/lib/operations/alerts/list';
import { wallTime } from '../verifications/range';

export type Clock = { timeZone: string; now: number };
type About = Pick<AlertView, 'kind' | 'scope' | 'openedAt' | 'resolvedAt'> & {
  evidence: Pick<AlertView['evidence'], 'windowMinutes'>;
};

const MINUTE_MS = 60_000;
/** The figure's room shows what it was like in the hours before. */
const CONTEXT_MINUTES = 360;
/** A template's samples are of the day before (operations/alerts/settle.ts). */
const TEMPLATE_MINUTES = 1_440;
/** A connection's alert that names more is of nearly all it serves; a search names 30 values in all. */
const COUNTRIES_MAX = 20;

/** The list narrowed to what the alert is about, and to its time. */
export function inVerifications(alert: About, clock: Clock): string {
  const { scope, kind, evidence } = alert;
  const isTooMany = scope.connectionId !== null && scope.countries.length > COUNTRIES_MAX;
  const time = timeOf(alert, kind === 'template_not_sendable' ? TEMPLATE_MINUTES : evidence.windowMinutes, clock);
  const template = templateOf(scope);
  return hrefOf('/verifications', {
    mode: 'live',
    ...time,
    ...scopeOf(scope, isTooMany ? [] : scope.countries),
    ...(template ? { template } : {}),
    ...(scope.reason ? { reason: scope.reason } : {}),
  });
}

/** A room of figures, of what the alert is about and the hours around it. */
export function inRoom(path: string, alert: About, clock: Clock, metric?: string): string {
  const { scope } = alert;
  // Times are kept by country or by connection, not by both together.
  const isOfTimes = path === '/analytics/response-times' && scope.connectionId !== null;
  return hrefOf(path, {
    ...timeOf(alert, CONTEXT_MINUTES, clock),
    ...scopeOf(scope, isOfTimes ? [] : scope.countries),
    ...(metric ? { metric } : {}),
  });
}

/** The failures of the same scope and time that the alert itself tells. */
export function inFailures(alert: About, clock: Clock): string {
  return hrefOf('/analytics/delivery', {
    ...timeOf(alert, alert.evidence.windowMinutes, clock),
    ...scopeOf(alert.scope, alert.scope.countries),
    metric: 'failure_rate',
  });
}

const hrefOf = (path: string, query: Record<string, string>) => `${path}?${new URLSearchParams(query)}`;

/** From some time before it opened until it was over, or now: whoever comes a day later must not find an empty hour. */
function timeOf({ openedAt, resolvedAt }: About, beforeMinutes: number, { timeZone, now }: Clock) {
  return {
    range: 'custom',
    from: wallTime(new Date(openedAt.getTime() - beforeMinutes * MINUTE_MS), timeZone),
    to: wallTime(new Date((resolvedAt?.getTime() ?? now) + MINUTE_MS), timeZone),
    timezone: timeZone,
  };
}

function scopeOf(
  { channel, connectionId, appId }: AlertView['scope'],
  countries: readonly string[],
): Record<string, string> {
  return {
    ...(countries.length > 0 ? { country: countries.join(',') } : {}),
    ...(channel ? { channel } : {}),
    ...(connectionId ? { connection: connectionId } : {}),
    ...(appId ? { app: appId } : {}),
  };
}
