import { openTotp, totpUri } from '@/lib/crypto/totp';
import type { Actor } from '@/lib/domain/actor';
import { permit } from '@/lib/domain/permissions';
import { env } from '@/lib/env';
import { ownAccount } from '@/lib/operations/account/prove';

export type Account = {
  email: string;
  secondFactorSince: Date | null;
  recoveryCodesLeft: number;
  /** A secret that was made a moment ago and waits for its first code. */
  pending: { secret: string; uri: string } | null;
};

/** account.read: one's own account, and the secret that waits to be confirmed. */
export async function readAccount(actor: Actor): Promise<Account> {
  permit(actor, 'account:manage');
  const account = await ownAccount(actor);
  const secret = account.pendingSealed && openTotp(account.id, account.pendingSealed);
  return {
    email: account.email,
    secondFactorSince: account.totpAt,
    recoveryCodesLeft: account.recoveryCodesLeft,
    pending: secret ? { secret, uri: totpUri(secret, account.email, issuer()) } : null,
  };
}

/** Several installations in one authenticator app are told apart by their host. */
const issuer = () => `Watchword ${new URL(env().WATCHWORD_PUBLIC_URL).host}`;
