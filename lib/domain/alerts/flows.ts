import type { Channel } from '@/lib/domain/channel';
import { BUCKETS_PER_DOUBLING } from '@/lib/domain/stats/histogram';

/**
 * What messages of one app, country, channel and connection did in a window. What left a second ago is no loss: `answered` counts
 * what has arrived, has failed, or is old enough to have arrived, refusals among them; `accepted` what the provider took that long ago.
 */
export type Flow = {
  appId: string;
  country: string;
  channel: Channel;
  connectionId: string;
  submitted: number;
  /** The provider did not answer. */
  unknown: number;
  answered: number;
  delivered: number;
  accepted: number;
  /** Accepted ones of which anything was heard. */
  heard: number;
  costMicros: number;
  /** Count of what arrived per bucket of its delay (lib/domain/stats/histogram.ts): those of the rollups, so that now and before are cut alike. */
  delays: readonly (readonly [bucket: number, n: number])[];
};

/** What was usual of a country and channel (no connection), or of a connection and channel (no country), in all that a rule looks at. */
export type UsualCell = Pick<Flow, 'channel' | 'answered' | 'delivered' | 'delays'> & {
  country: string | null;
  connectionId: string | null;
};

export type Totals = Omit<Flow, 'appId' | 'country' | 'channel' | 'connectionId' | 'delays'> & {
  delays: ReadonlyMap<number, number>;
};

/** Several flows as one. */
export function sumFlows(flows: readonly Flow[]): Totals {
  const delays = new Map<number, number>();
  const sum = { submitted: 0, unknown: 0, answered: 0, accepted: 0, delivered: 0, heard: 0, costMicros: 0 };
  for (const flow of flows) {
    sum.submitted += flow.submitted;
    sum.unknown += flow.unknown;
    sum.answered += flow.answered;
    sum.accepted += flow.accepted;
    sum.delivered += flow.delivered;
    sum.heard += flow.heard;
    sum.costMicros += flow.costMicros;
    for (const [bucket, n] of flow.delays) delays.set(bucket, (delays.get(bucket) ?? 0) + n);
  }
  return { ...sum, delays };
}

/** Flows by whatever they have in common. */
export function flowsBy(flows: readonly Flow[], key: (flow: Flow) => string): Map<string, Flow[]> {
  const found = new Map<string, Flow[]>();
  for (const flow of flows) {
    const at = key(flow);
    const same = found.get(at);
    if (same) same.push(flow);
    else found.set(at, [flow]);
  }
  return found;
}

/** Flows of the past as the cells that a rule compares with: countries with their channels, and connections with theirs. */
export function usualCells(flows: readonly Flow[]): UsualCell[] {
  const cells = (key: (flow: Flow) => string, place: (flow: Flow) => Pick<UsualCell, 'country' | 'connectionId'>) =>
    [...flowsBy(flows, key).values()].flatMap(([first, ...others]): UsualCell[] => {
      if (!first) return [];
      const { answered, delivered, delays } = sumFlows([first, ...others]);
      return [{ ...place(first), channel: first.channel, answered, delivered, delays: [...delays] }];
    });
  return [
    ...cells(
      ({ country, channel }) => `${country} ${channel}`,
      ({ country }) => ({ country, connectionId: null }),
    ),
    ...cells(
      ({ connectionId, channel }) => `${connectionId} ${channel}`,
      ({ connectionId }) => ({ country: null, connectionId }),
    ),
  ];
}

/** The middle of a bucket in milliseconds. */
export const delayMs = (bucket: number): number => 2 ** ((bucket + 0.5) / BUCKETS_PER_DOUBLING);

/** The share `p` of all delays is not longer than this; null where nothing arrived. */
export function delayPercentile(delays: ReadonlyMap<number, number>, p: number): { ms: number; n: number } | null {
  const sorted = [...delays].sort(([a], [b]) => a - b);
  const n = sorted.reduce((sum, [, count]) => sum + count, 0);
  if (n === 0) return null;
  let seen = 0;
  for (const [bucket, count] of sorted) {
    seen += count;
    if (seen >= p * n) return { ms: delayMs(bucket), n };
  }
  return null;
}
