import { randomInt } from 'node:crypto';
import { simulatorControl } from '@/lib/simulator/control-client';
import { call, field, onFreshGround, percentile, phoneNumber } from './ground';

/**
 * Can parallel guesses outrun the limit? Each run issues one code and throws 200 guesses at it through two server processes
 * at once. Even runs hide the right code among 199 wrong ones; odd runs send the right one 200 times.
 */
const RUNS = Number(process.argv[2] ?? 100);
const GUESSES = 200;

await onFreshGround({}, async (stack) => {
  const second = await stack.startWeb();
  const doors = [stack.baseUrl, second.url];
  const key = stack.demo.apps[0]?.live_key ?? '';
  const simulator = simulatorControl(stack.simulatorUrl);
  console.log(`${RUNS} runs × ${GUESSES} checks through ${doors.join(' and ')}\n`);

  const compared: number[] = [];
  const approved: number[] = [];
  const times: number[] = [];
  const statuses: Record<string, number> = {};
  let hits = 0;
  for (let run = 0; run < RUNS; run += 1) {
    const to = phoneNumber(run);
    const issued = await call('POST', `${doors[run % 2]}/api/v1/verifications`, key, { body: { to } });
    const id = field(issued.body, 'id');
    const [message] = await simulator.waitForMessages(to, 1, 10_000);
    const code = message?.code ?? '';
    const isGuessing = run % 2 === 0;
    const right = randomInt(GUESSES);
    const guesses = Array.from({ length: GUESSES }, (_, n) =>
      !isGuessing || n === right ? code : String((Number(code) + n + 1) % 1_000_000).padStart(6, '0'),
    );
    const began = performance.now();
    const answers = await Promise.all(
      guesses.map((guess, n) =>
        call('POST', `${doors[n % 2]}/api/v1/verifications/${id}/check`, key, { body: { code: guess } }),
      ),
    );
    times.push(performance.now() - began);
    for (const { status } of answers) statuses[status] = (statuses[status] ?? 0) + 1;
    const approvals = answers.filter(({ body }) => field(body, 'outcome') === 'approved').length;
    approved.push(approvals);
    if (isGuessing) hits += approvals;
    const life = await call('GET', `${doors[0]}/api/v1/verifications/${id}`, key);
    const checks = (life.body as { checks: unknown[] }).checks.length;
    compared.push(checks);
    process.stdout.write(
      `run ${String(run + 1).padStart(3)}  ${isGuessing ? 'guesses' : 'right  '}  compared ${checks}  approved ${approvals}\n`,
    );
  }

  const worstCompared = Math.max(...compared);
  const worstApproved = Math.max(...approved);
  const doubles = approved.filter((n, run) => n !== 1 && run % 2 === 1).length;
  console.log(`
runs                              ${RUNS} (${RUNS * GUESSES} checks, two processes)
compared per run, at most         ${worstCompared}   (allowed 5)
approvals per run, at most        ${worstApproved}   (allowed 1)
right code 200 times: not exactly one approval in ${doubles} runs
guesses that hit                  ${hits} of ${Math.ceil(RUNS / 2)} runs (5 of 200 are compared: ${((RUNS / 2) * 0.025).toFixed(1)} expected)
answers by status                 ${JSON.stringify(statuses)}
200 checks took                   p50 ${percentile(times, 0.5)?.toFixed(0)} ms, p99 ${percentile(times, 0.99)?.toFixed(0)} ms`);
  return worstCompared <= 5 && worstApproved <= 1 && doubles === 0;
});
