import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { database, pool } from '@/lib/db/client';
import { sweepLostMessages } from '@/lib/db/messages';
import { applyReceiptRows, type ReceiptRow } from '@/lib/db/receipts';
import { expireVerifications } from '@/lib/db/timers';
import { isRefusal } from '@/lib/domain/errors';
import { RECEIPT_STATUSES } from '@/lib/domain/message/states';
import { uuidFrom } from '@/lib/ids';
import { fallBack } from '@/lib/operations/messages/fall-back';
import { applyOrphans } from '@/lib/operations/receipts/apply-orphans';
import { cancelVerification } from '@/lib/operations/verifications/cancel';
import { checkVerification } from '@/lib/operations/verifications/check';
import { resendVerification } from '@/lib/operations/verifications/resend';
import type { SendResult } from '@/lib/providers/provider';
import { countViolations } from '@/scripts/campaigns/invariants';
import { accepted, refused, type Sent, startTestCore, type TestCore } from '@/scripts/testing/core';
import { randomOf } from '@/scripts/testing/random';

let core: TestCore;
beforeAll(async () => {
  core = await startTestCore();
});
afterAll(() => core.stop());

/** Turns the clocks of rows that nobody holds: an update that waited for rows in no order would make deadlocks of its own. */
const turn = (table: 'verification' | 'message', set: string, which: string) =>
  core.sql(`UPDATE ${table} SET ${set} WHERE id IN (SELECT id FROM ${table} WHERE ${which} FOR UPDATE SKIP LOCKED)`);

type Life = { id: string; to: string; codes: Set<string>; approvals: number };

const SEEDS = [1, 2, 3, 4, 5, 6];
const STEPS = 120;
/** What happens at the same time within one step. */
const WIDTH = 6;

describe('whatever happens, in whatever order', () => {
  test.each(SEEDS)(
    'story %i: guesses, receipts, crashes and clocks break no promise',
    async (seed) => {
      // The same seed tells the same story, as far as the interleaving of parallel statements allows.
      const { next: random, below, pick: pickOf } = randomOf(seed);
      const pick = <T>(items: readonly T[]): T | undefined => (items.length === 0 ? undefined : pickOf(items));
      const lives: Life[] = [];
      const stuck: ((result: SendResult) => void)[] = [];
      const numbers = Array.from({ length: 12 }, () => core.phone());

      // A carrier takes, refuses, stays silent, or its process dies with the message in its hands.
      core.carrier.answer = (sent: Sent) => {
        const luck = random();
        if (luck < 0.5) return accepted(sent);
        if (luck < 0.65) return refused('unreachable');
        if (luck < 0.7) return refused('not_on_channel');
        if (luck < 0.8) return { kind: 'unknown', detail: 'timeout' };
        return new Promise<SendResult>((resolve) => stuck.push(resolve));
      };
      const ignoreRefusal = (error: unknown) => {
        if (!isRefusal(error)) throw error;
      };
      const codesOf = (life: Life) => core.carrier.to(life.to).map(({ code }) => code);

      const actions: (() => Promise<unknown>)[] = [
        async () => {
          const to = pick(numbers) ?? '';
          const { resource } = await core.issue(to);
          lives.push({ id: resource.id, to, codes: new Set(), approvals: 0 });
        },
        async () => {
          const life = pick(lives);
          if (!life) return;
          const known = codesOf(life);
          const guess = random() < 0.4 ? (pick(known) ?? '000001') : String(below(1_000_000)).padStart(6, '0');
          const answers = await Promise.all(
            Array.from({ length: 1 + below(4) }, () =>
              checkVerification(core.key(), { verificationId: life.id, code: guess }).catch((error: unknown) => {
                ignoreRefusal(error);
                return null;
              }),
            ),
          );
          life.approvals += answers.filter((answer) => answer?.outcome === 'approved').length;
        },
        async () => {
          const messages = await core.sql<{ id: string; connection_id: string }>(
            'SELECT id, connection_id FROM message ORDER BY submitted_at DESC LIMIT 30',
          );
          const message = pick(messages);
          if (!message) return;
          const rows: ReceiptRow[] = Array.from({ length: 1 + below(3) }, () => {
            const status = pick(RECEIPT_STATUSES) ?? 'sent';
            return {
              connectionId: message.connection_id,
              providerMessageId: `provider-msg_${message.id.replaceAll('-', '')}`,
              messageId: random() < 0.5 ? message.id : null,
              status,
              at: new Date(),
              receivedAt: new Date(),
              reason: status === 'failed' ? ('unreachable' as const) : null,
              isOffChannel: false,
              providerCode: null,
              detail: null,
              chargedMicros: null,
              callbackId: null,
            };
          });
          const looked = await applyReceiptRows(database(), rows, []);
          if (looked.length > 0 && random() < 0.8) await fallBack(looked, looked.length);
        },
        async () => {
          const life = pick(lives);
          if (life && random() < 0.3) await cancelVerification(core.key(), { verificationId: life.id });
        },
        async () => {
          const life = pick(lives);
          if (life)
            await resendVerification(core.key(), {
              verificationId: life.id,
              channel: pick([undefined, 'sms', 'whatsapp'] as const),
            });
        },
        () => fallBack(null, 50),
        () => applyOrphans(),
        () => sweepLostMessages(database(), 100),
        () => expireVerifications(database(), 100),
        // The clocks: timers and leases come due, cooldowns end, lives run out.
        () => turn('verification', 'next_fallback_at = now()', 'next_fallback_at IS NOT NULL AND random() < 0.5'),
        () =>
          turn('message', `lease_until = now() - interval '1 second'`, 'lease_until IS NOT NULL AND random() < 0.5'),
        () => turn('verification', `lease_until = now() - interval '1 second'`, 'lease_until IS NOT NULL'),
        () => turn('verification', `resend_after = now() - interval '1 second'`, 'is_checkable AND random() < 0.5'),
        () => turn('verification', 'expires_at = now()', 'is_checkable AND random() < 0.05'),
        () =>
          core.sql(
            'DELETE FROM send_limit WHERE key IN (SELECT key FROM send_limit WHERE random() < 0.5 FOR UPDATE SKIP LOCKED)',
          ),
        // Zombies wake up.
        async () => {
          const wake = stuck.splice(below(stuck.length + 1), 1)[0];
          wake?.(
            random() < 0.5
              ? { kind: 'accepted', providerMessageId: `late-${seed}-${random()}`, segments: 1 }
              : refused('unreachable'),
          );
        },
      ];

      try {
        for (let step = 0; step < STEPS; step += 1) {
          await Promise.all(
            Array.from({ length: WIDTH }, () => (pick(actions) ?? (async () => {}))().catch(ignoreRefusal)),
          );
        }
      } finally {
        // Sends that begin after the last step must not get stuck as well: nobody would be left to wake them.
        core.carrier.answer = () => ({ kind: 'unknown', detail: 'timeout' });
        for (const wake of stuck.splice(0)) wake({ kind: 'unknown', detail: '' });
      }
      await core.quiet();
      // Everything ends: run the clocks out and let the sweeps pass.
      await core.sql(`UPDATE message SET lease_until = now() - interval '1 second' WHERE lease_until IS NOT NULL`);
      await sweepLostMessages(database(), 1_000);
      await core.sql(`UPDATE verification SET lease_until = now() - interval '1 second' WHERE lease_until IS NOT NULL`);
      for (let n = 0; n < 6; n += 1) {
        await core.sql('UPDATE verification SET next_fallback_at = now() WHERE next_fallback_at IS NOT NULL');
        core.carrier.answer = accepted;
        await fallBack(null, 500);
        await core.quiet();
      }
      await applyOrphans(1_000);
      await core.quiet();
      const violations = (await countViolations(pool())).filter(({ n }) => n > 0);
      expect(violations).toEqual([]);
      expect(lives.length).toBeGreaterThan(5);
      expect(Math.max(...lives.map(({ approvals }) => approvals))).toBeLessThanOrEqual(1);

      await core.sql(`UPDATE verification SET expires_at = now() - interval '61 seconds' WHERE is_checkable`);
      while ((await expireVerifications(database(), 500)) > 0) {}
      expect((await countViolations(pool())).filter(({ n }) => n > 0)).toEqual([]);
      expect(await core.sql(`SELECT 1 FROM verification WHERE status = 'pending'`)).toEqual([]);
      expect(lives.every(({ id }) => uuidFrom('verification', id) !== null)).toBe(true);
    },
    60_000,
  );
});
