import type { Dimension } from '@/lib/domain/stats/measures';
import type { MetricName } from '@/lib/domain/stats/metrics';
import type { AnalyticsView } from '../search-params';

/** What the room splits by; a failure reason has a panel of its own. */
export const SPLITS = [
  'country',
  'channel',
  'connection',
  'template',
  'locale',
  'use_case',
  'app',
] as const satisfies readonly Dimension[];

export const splitOf = (view: AnalyticsView): Dimension =>
  SPLITS.find((dimension) => dimension === view.by) ?? 'country';

/** What the map and the lines show. */
export const SWITCH = [
  'message_delivery_rate',
  'failure_rate',
  'unknown_rate',
  'read_rate',
  'message_conversion',
] as const satisfies readonly MetricName[];

export const switchOf = (view: AnalyticsView): MetricName =>
  SWITCH.find((name) => name === view.metric) ?? 'message_delivery_rate';
