import { parseArgs } from 'node:util';

export type AnalyticsOptions = {
  verifications: number;
  days: number;
  /** Share of verifications whose receipts are written, in percent: they are the bulkiest table and only tell the webhook lag. */
  receiptsPercent: number;
  /** Days counted at the same time. */
  lanes: number;
  /** Runs of every panel question. */
  runs: number;
  /** Runs of the same question asked of the raw tables. */
  rawRuns: number;
  /** Seconds of traffic at 300 verifications a second. */
  trafficSeconds: number;
  /** Verifications of the smaller database that growth is held against; 0 leaves that out. */
  smaller: number;
  /** Leaves Postgres and its folder behind, and says where. */
  keeps: boolean;
  /** Where the databases are, or will be; kept, and taken up again by a later run. null: a new one. */
  folder: string | null;
  /** Stops after this step; with `--keep` a later run goes on from there. */
  until: 'load' | 'rebuild' | 'measure';
  /** A smoke run: proves that everything works, measures nothing worth keeping. */
  isQuick: boolean;
};

export const USAGE =
  'npm run bench:analytics -- [--verifications 5000000] [--smaller 500000] [--days 90] [--receipts 20] [--lanes 2] [--runs 30] [--raw-runs 3] [--traffic-seconds 30] [--keep] [--folder DIR] [--until load|rebuild] [--quick]';

/** Reads the command line. Throws with a sentence when it makes no sense. */
export function readAnalyticsOptions(args: string[]): AnalyticsOptions {
  const { values } = parseArgs({
    args,
    options: {
      verifications: { type: 'string' },
      smaller: { type: 'string' },
      days: { type: 'string' },
      receipts: { type: 'string' },
      lanes: { type: 'string' },
      runs: { type: 'string' },
      'raw-runs': { type: 'string' },
      'traffic-seconds': { type: 'string' },
      keep: { type: 'boolean', default: false },
      folder: { type: 'string' },
      until: { type: 'string', default: 'measure' },
      quick: { type: 'boolean', default: false },
    },
  });
  const isQuick = values.quick;
  const until = (['load', 'rebuild', 'measure'] as const).find((step) => step === values.until);
  if (!until) throw new Error(`--until is load, rebuild or measure. ${USAGE}`);
  const whole = (name: string, text: string | undefined, otherwise: number, min: number, max: number) => {
    const value = text === undefined ? otherwise : Number(text);
    if (!Number.isInteger(value) || value < min || value > max)
      throw new Error(`--${name} takes a whole number from ${min} to ${max}. ${USAGE}`);
    return value;
  };
  return {
    verifications: whole('verifications', values.verifications, isQuick ? 50_000 : 5_000_000, 1_000, 50_000_000),
    smaller: whole('smaller', values.smaller, isQuick ? 10_000 : 500_000, 0, 50_000_000),
    days: whole('days', values.days, 90, 1, 400),
    receiptsPercent: whole('receipts', values.receipts, 20, 0, 100),
    lanes: whole('lanes', values.lanes, 2, 1, 8),
    runs: whole('runs', values.runs, isQuick ? 3 : 30, 1, 1_000),
    rawRuns: whole('raw-runs', values['raw-runs'], isQuick ? 1 : 3, 0, 100),
    trafficSeconds: whole('traffic-seconds', values['traffic-seconds'], isQuick ? 5 : 30, 0, 600),
    keeps: values.keep || values.folder !== undefined,
    folder: values.folder ?? null,
    until,
    isQuick,
  };
}
