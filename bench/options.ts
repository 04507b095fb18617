import { parseArgs } from 'node:util';

export type BenchOptions = {
  rounds: number;
  /** Seconds of one measurement. */
  seconds: number;
  warmUpSeconds: number;
  connections: readonly number[];
  /** Only cases whose name begins with one of these; empty is all. */
  only: readonly string[];
  /** A smoke run: proves that everything works, measures nothing worth keeping. */
  isQuick: boolean;
  /** Takes the build that is there, however old. */
  keepsBuild: boolean;
};

export const USAGE = `npm run bench -- [--rounds 3] [--seconds 6] [--warm-up 20] [--only ours/issue,better-auth] [--quick] [--keep-build]`;

/** Reads the command line. Throws with a sentence when it makes no sense. */
export function readOptions(args: string[]): BenchOptions {
  const { values } = parseArgs({
    args,
    options: {
      rounds: { type: 'string' },
      seconds: { type: 'string' },
      'warm-up': { type: 'string' },
      only: { type: 'string' },
      'keep-build': { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
    },
  });
  const isQuick = values.quick;
  const whole = (name: string, text: string | undefined, otherwise: number) => {
    const value = text === undefined ? otherwise : Number(text);
    if (!Number.isInteger(value) || value < 1) throw new Error(`--${name} takes a whole number from 1 on. ${USAGE}`);
    return value;
  };
  return {
    rounds: whole('rounds', values.rounds, isQuick ? 1 : 3),
    seconds: whole('seconds', values.seconds, isQuick ? 2 : 6),
    warmUpSeconds: whole('warm-up', values['warm-up'], isQuick ? 1 : 20),
    connections: [16, 64],
    only: values.only?.split(',').filter((name) => name !== '') ?? [],
    isQuick,
    keepsBuild: values['keep-build'],
  };
}
