import type { Channel } from '@/lib/domain/channel';

/** Delays are counted in buckets of equal ratio, four to an octave, from 100 ms on: a percentile is known to ±9 %. */
export const DELAY_BUCKETS = { fromMs: 100, perOctave: 4, max: 80 } as const;

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
  /** Count per delay bucket of what arrived. */
  delays: readonly (readonly [bucket: number, n: number])[];
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

/** The middle of a bucket in milliseconds. */
export const delayMs = (bucket: number): number =>
  DELAY_BUCKETS.fromMs * 2 ** ((bucket + 0.5) / DELAY_BUCKETS.perOctave);

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
