import { guessOdds, type Policy } from '@/lib/domain/policy/policy';
import { type Share, wilson } from '@/lib/domain/stats/wilson';
import { FAILURE_BUDGET, type SendLimits } from '@/lib/domain/verification/limits';

/** How long people took from the request of a code to its entry, by whole seconds (rounded up), over `days`. */
export type ResponseTimes = {
  days: number;
  /** Ascending. `late`: of these, how many came when their code had died. */
  times: readonly { seconds: number; n: number; late: number }[];
};

export type GuessConsequence = {
  /** One code is guessed once in this many verifications. */
  oneIn: number;
  /** Wrong codes that a day allows for one number, over all its verifications of this use case. */
  perDay: number;
  /** Somebody who guesses all day, every day, gets in once in this many days. */
  daysToGuess: number;
};

/** What guessing comes to: per code, and where somebody asks for code after code within the limits. */
export function guessing(
  policy: Pick<Policy, 'checksMax' | 'codeLength' | 'alphabet'>,
  limits: Pick<SendLimits, 'numberPerDay'>,
): GuessConsequence {
  const odds = guessOdds(policy);
  // Each new code brings its checks; the failure budget of the number ends it.
  const perDay = Math.min(FAILURE_BUDGET.perDay, limits.numberPerDay * policy.checksMax);
  return {
    oneIn: Math.round(1 / odds),
    perDay,
    daysToGuess: Math.round(policy.checksMax / odds / perDay),
  };
}

/** How many people needed longer than a lifetime; null when nobody has entered a code yet. */
export function slowerThan(lifetimeSeconds: number, { times }: ResponseTimes): { share: Share; late: number } | null {
  let [n, slower, late] = [0, 0, 0];
  for (const time of times) {
    n += time.n;
    if (time.seconds > lifetimeSeconds) slower += time.n;
    late += time.late;
  }
  const share = wilson(slower, n);
  return share && { share, late };
}

/** The time that a share of the people stayed within; null without any. */
export function percentileSeconds({ times }: ResponseTimes, part: number): number | null {
  const total = times.reduce((sum, { n }) => sum + n, 0);
  let passed = 0;
  for (const { seconds, n } of times) {
    passed += n;
    if (passed >= total * part) return seconds;
  }
  return null;
}
