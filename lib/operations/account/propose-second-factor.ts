import { newTotpSecret, sealTotp } from '@/lib/crypto/totp';
import { database } from '@/lib/db/client';
import { proposeTotp } from '@/lib/db/second-factor';
import type { Actor } from '@/lib/domain/actor';
import { Refusal } from '@/lib/domain/errors';
import { permit } from '@/lib/domain/permissions';
import { ownAccount } from '@/lib/operations/account/prove';

/** account.propose_second_factor: makes a secret and shows it for fifteen minutes. It asks for nothing until it is confirmed. */
export async function proposeSecondFactor(actor: Actor): Promise<void> {
  permit(actor, 'account:manage');
  const { id } = await ownAccount(actor);
  if (!(await proposeTotp(database(), id, sealTotp(id, newTotpSecret())))) {
    throw new Refusal('invalid_request', { detail: 'Your second factor is on already.' });
  }
}
