import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { database, pool } from '@/lib/db/client';
import { sweepLostMessages } from '@/lib/db/messages';
import { fallBack } from '@/lib/operations/messages/fall-back';
import { countViolations } from '@/scripts/campaigns/invariants';
import { accepted, refused, startTestCore, type TestCore } from '@/scripts/testing/core';
import { type Death, liveAndDie } from '@/scripts/testing/mortal';

let core: TestCore;
beforeAll(async () => {
  core = await startTestCore();
});
afterAll(() => core.stop());
beforeEach(() => {
  core.carrier.answer = (sent) => (sent.channel === 'whatsapp' ? refused('unreachable') : accepted(sent));
});

const TAKEOVER = ['claim_timers', 'messages_of_timers', 'send_fallback', 'send sms', 'record_sends'];

/** How a second message comes about: what happened before, what one process does about it, and its every await. */
type Beginning = {
  name: string;
  prepare(to: string): Promise<void>;
  work(to: string): Promise<unknown>;
  walk: string[];
};
const beginnings: Beginning[] = [
  {
    name: 'the first message is refused',
    prepare: async () => {},
    work: (to) => core.issue(to),
    walk: ['issue_verifications', 'send whatsapp', 'record_sends', ...TAKEOVER],
  },
  {
    name: 'the first message stays silent',
    prepare: async (to) => {
      core.carrier.answer = accepted;
      await core.issue(to);
      await core.quiet();
      await core.sql(`UPDATE verification SET next_fallback_at = now() WHERE status = 'pending'`);
    },
    work: () => fallBack(null, 50),
    walk: TAKEOVER,
  },
  {
    name: 'the first message is lost with its process',
    prepare: async (to) => {
      await liveAndDie(core.carrier, { what: 'record_sends', nth: 1, when: 'before', how: 'dies' }, () =>
        core.issue(to),
      );
      await endLeases();
    },
    work: async () => {
      await sweepLostMessages(database(), 50);
      await fallBack(null, 50);
    },
    walk: ['sweep_lost_messages', ...TAKEOVER],
  },
];

const endLeases = async () => {
  for (const table of ['message', 'verification'])
    await core.sql(`UPDATE ${table} SET lease_until = now() - interval '1 second' WHERE lease_until IS NOT NULL`);
};

/** What workers do while leases run out, for longer than anything here can take. */
async function takeOver(): Promise<void> {
  for (let round = 0; round < 5; round += 1) {
    await endLeases();
    await sweepLostMessages(database(), 50);
    await fallBack(null, 50);
    await core.quiet();
  }
}

/** Ends everything that an earlier case left behind. */
const clear = () =>
  core.sql(
    `UPDATE verification SET status = 'canceled', ended_at = now(), is_checkable = false, code_macs = '{}', code_sealed = NULL, next_fallback_at = NULL WHERE status = 'pending'`,
  );

describe.each(beginnings)('$name', ({ prepare, work, walk }) => {
  test('a process that lives sends the second message once, and these are its awaits', async () => {
    const to = core.phone();
    await prepare(to);
    expect(await liveAndDie(core.carrier, null, () => work(to))).toEqual(walk);
    await takeOver();
    expect(core.carrier.to(to).map(({ channel }) => channel)).toEqual(['whatsapp', 'sms']);
    await clear();
  });

  const deaths = walk.flatMap((what, at) => {
    const nth = walk.slice(0, at + 1).filter((each) => each === what).length;
    // An adapter that throws is no death: its message is unknown, and the timer decides.
    const ways = what.startsWith('send ') ? (['dies'] as const) : (['dies', 'fails'] as const);
    return ways.flatMap((how) =>
      (['before', 'after'] as const).map((when): [string, Death, boolean] => {
        // Nobody can tell whether the provider took what was in a dead process's hands: that one message is sent again.
        const isInDoubt =
          how === 'dies' &&
          ((what === 'send sms' && when === 'after') || (at === walk.length - 1 && when === 'before'));
        return [`${how} ${when} ${what}${nth > 1 ? ' of the second' : ''}`, { what, nth, when, how }, isInDoubt];
      }),
    );
  });

  test.each(deaths)('a process %s: the second message goes out once', async (_, death, isInDoubt) => {
    const to = core.phone();
    await prepare(to);
    await liveAndDie(core.carrier, death, () => work(to));
    await takeOver();

    const count = (channel: string) => core.carrier.to(to).filter((sent) => sent.channel === channel).length;
    const wasIssued = !(death.what === 'issue_verifications' && death.when === 'before');
    expect(count('whatsapp')).toBeLessThanOrEqual(wasIssued ? 1 : 0);
    expect(count('sms')).toBe(!wasIssued ? 0 : isInDoubt ? 2 : 1);
    expect((await countViolations(pool())).filter(({ n }) => n > 0)).toEqual([]);
    await clear();
  });
});
