import type { Channel } from '@/lib/domain/channel';

export const ALERT_KINDS = [
  'delivery_drop',
  'slow_delivery',
  'unknown_rate',
  'spend',
  'template_not_sendable',
  'webhook_silence',
  'our_fault',
] as const;
export type AlertKind = (typeof ALERT_KINDS)[number];

export type Severity = 'warning' | 'critical';

/** From when on something is an alert. Shares between 0 and 1, money in micros of a US dollar. */
export type Thresholds = {
  /** Both must be exceeded, and the two 95 % intervals must not overlap. */
  delivery_drop: { dropPoints: number; dropShare: number };
  /** Either is enough; null is off. `factor` is of the baseline's p90. */
  slow_delivery: { p90Ms: number | null; factor: number | null };
  /** Of sends whose message is `unknown`: not answered. Not the metric of that name, which has what was accepted and never heard of in it. */
  unknown_rate: { share: number };
  /** Either is enough; null is off. `factor` is of what the same time cost before. */
  spend: { limitMicros: number | null; factor: number | null };
  template_not_sendable: Record<string, never>;
  webhook_silence: Record<string, never>;
  our_fault: Record<string, never>;
};

export type AlertRule = {
  [K in AlertKind]: {
    id: string;
    kind: K;
    name: string;
    windowMinutes: number;
    /** Fewer messages than this say nothing. */
    minimumVolume: number;
    thresholds: Thresholds[K];
    /** What it looks at; null looks at everything. */
    appId: string | null;
    country: string | null;
    channel: Channel | null;
    connectionId: string | null;
    enabled: boolean;
    /** Destinations that are told; empty: all of them. */
    destinations: readonly string[];
  };
}[AlertKind];

/** Windows of a rule. Only money is looked at over a day: a rate over a day tells of an outage too late. */
export const WINDOW_MINUTES = { min: 5, max: 120, spendMax: 1_440 } as const;
export const MINIMUM_VOLUME = { min: 1, max: 1_000_000 } as const;
export const RULES_MAX = 50;
export const DESTINATIONS_MAX = 20;

/** A cause has to be quiet for this many evaluations before its alert resolves: one good minute in the middle of an outage is no end. */
export const QUIET_EVALUATIONS = 2;
export const EVALUATE_EVERY_SECONDS = 30;

/** True where the rule looks at such messages. */
export function looksAt(
  rule: Pick<AlertRule, 'appId' | 'country' | 'channel' | 'connectionId'>,
  flow: { appId: string; country: string; channel: Channel; connectionId: string },
): boolean {
  return (
    (rule.appId === null || rule.appId === flow.appId) &&
    (rule.country === null || rule.country === flow.country) &&
    (rule.channel === null || rule.channel === flow.channel) &&
    (rule.connectionId === null || rule.connectionId === flow.connectionId)
  );
}
