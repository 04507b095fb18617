import type { AppAnswer, CrowdApp, Issued } from '@/lib/simulator/crowd-app';
import type { Errand } from '@/lib/simulator/crowd-people';
import type { ReceivedMessage } from '@/lib/simulator/phones';
import { logNormalMs } from '@/lib/simulator/random';
import type { World } from '@/lib/simulator/world';

/** Counts one thing that happened. */
export type Tally = (what: string) => void;

/** Asks for a code, reads it from the phone, and does with it what people do. Resolves when the person has left. */
export async function visit(world: World, app: CrowdApp, errand: Errand, tally: Tally): Promise<void> {
  const phone = watchPhone(world, errand.person.to);
  try {
    const answer = await app.issue(errand);
    if ('refused' in answer) return tally(`issue.${answer.refused}`);
    tally('issue.ok');
    const arrived = (await phone.next(patienceMs(world))) ?? (await askAgain(world, app, answer.ok, phone, tally));
    if (!arrived?.code) return tally('person.gave_up_waiting');
    tally(`person.received_${arrived.channel}`);
    await act(world, app, errand, answer.ok, phone, tally);
  } finally {
    phone.close();
  }
}

async function act(
  world: World,
  app: CrowdApp,
  errand: Errand,
  issued: Issued,
  phone: PhoneWatch,
  tally: Tally,
): Promise<void> {
  const enter = async (code: string) =>
    tally(`check.${outcomeOf(await app.check(issued.id, code, errand.transaction))}`);
  switch (errand.fate) {
    case 'ignores':
      return tally('person.ignored_the_code');
    case 'cancels':
      await world.time.wait(typingMs(world, errand));
      return tally(`cancel.${outcomeOf(await app.cancel(issued.id))}`);
    case 'enters_late':
      await world.time.wait((issued.expiresAt.getTime() - Date.now()) * world.time.speed + 4000);
      return enter(phone.code());
    case 'asks_again':
      await askAgain(world, app, issued, phone, tally);
      break;
    case 'mistypes_first':
      await world.time.wait(typingMs(world, errand));
      await enter(mistyped(phone.code()));
      break;
    default:
  }
  await world.time.wait(typingMs(world, errand));
  await enter(phone.code());
}

/** Waits out the cooldown and asks for the code again, half of the time over another channel if one is offered. */
async function askAgain(
  world: World,
  app: CrowdApp,
  issued: Issued,
  phone: PhoneWatch,
  tally: Tally,
): Promise<ReceivedMessage | null> {
  if (world.random() < 0.35) return null;
  const cooldownMs = (issued.resendAfter.getTime() - Date.now()) * world.time.speed;
  await world.time.wait(cooldownMs + 1000 + world.random() * 8000);
  const other = world.random() < 0.5 ? (issued.switchTo[0] ?? null) : null;
  const answer = await app.resend(issued.id, other);
  tally(`resend.${outcomeOf(answer)}`);
  return 'ok' in answer ? phone.next(patienceMs(world)) : null;
}

function outcomeOf(answer: AppAnswer<string | true>): string {
  if ('refused' in answer) return answer.refused;
  return answer.ok === true ? 'ok' : answer.ok;
}

/** How long somebody stares at an empty phone: a minute and a half, some much longer. */
const patienceMs = (world: World): number => logNormalMs(world.random, 95_000, 200_000);

/** From the buzz of the phone to the last digit typed: ten seconds, twice that when money is at stake. */
function typingMs(world: World, errand: Errand): number {
  return logNormalMs(
    world.random,
    errand.transaction === null ? 10_000 : 18_000,
    errand.transaction === null ? 52_000 : 95_000,
  );
}

/** The last digit, one off. */
function mistyped(code: string): string {
  const last = code.slice(-1);
  return code.slice(0, -1) + (/\d/.test(last) ? (Number(last) + 1) % 10 : last === 'A' ? 'B' : 'A');
}

type PhoneWatch = {
  /** The next arrival, or null after `ms` of simulated time. One that came before the question counts once. */
  next(ms: number): Promise<ReceivedMessage | null>;
  /** The newest code on the phone. */
  code(): string;
  close(): void;
};

function watchPhone(world: World, to: string): PhoneWatch {
  const unread: ReceivedMessage[] = [];
  let newest = '';
  let waiter: ((message: ReceivedMessage) => void) | null = null;
  const close = world.phones.onArrival(to, (message) => {
    newest = message.code ?? newest;
    if (waiter) waiter(message);
    else unread.push(message);
  });
  const next = (ms: number): Promise<ReceivedMessage | null> => {
    const waiting = unread.shift();
    if (waiting) return Promise.resolve(waiting);
    return new Promise((resolve) => {
      const settle = (message: ReceivedMessage | null) => {
        waiter = null;
        giveUp();
        resolve(message);
      };
      const giveUp = world.time.after(ms, () => settle(null));
      waiter = settle;
    });
  };
  return { next, code: () => newest, close };
}
