import { auditActorOf } from '@/lib/db/audit';
import type { Db, Statement } from '@/lib/db/client';
import type { Role } from '@/lib/domain/actor';

/** A secret that was shown counts for this long; whoever comes back later is shown a new one. */
const PENDING_MINUTES = 15;

export type AccountRow = {
  id: string;
  email: string;
  passwordHash: string;
  sessionVersion: number;
  totpSealed: Buffer | null;
  totpAt: Date | null;
  pendingSealed: Buffer | null;
  recoveryCodesLeft: number;
};

const FIND: Statement = {
  name: 'find_account',
  text: `
SELECT u.id, u.email, u.password_hash AS "passwordHash", u.session_version AS "sessionVersion", u.totp_sealed AS "totpSealed", u.totp_at AS "totpAt",
       CASE WHEN u.totp_sealed IS NULL AND u.totp_pending_at > now() - make_interval(mins => $2) THEN u.totp_pending_sealed END AS "pendingSealed",
       (SELECT count(*)::int FROM console_recovery_code c WHERE c.user_id = u.id AND c.spent_at IS NULL) AS "recoveryCodesLeft"
  FROM console_user u WHERE u.id = $1 AND u.disabled_at IS NULL`,
};

/** What a person's own account is made of. Null: disabled, or no such user. */
export async function findAccount(db: Db, userId: string): Promise<AccountRow | null> {
  const [row] = await db.query<AccountRow>(FIND, [userId, PENDING_MINUTES]);
  return row ?? null;
}

const PROPOSE: Statement = {
  name: 'propose_totp',
  text: `UPDATE console_user SET totp_pending_sealed = $2, totp_pending_at = now() WHERE id = $1 AND totp_sealed IS NULL RETURNING id`,
};

/** Keeps a secret until a code of it is entered. False: the second factor is on already. */
export async function proposeTotp(db: Db, userId: string, sealed: Buffer): Promise<boolean> {
  return (await db.query(PROPOSE, [userId, sealed])).length === 1;
}

const CONFIRM: Statement = {
  name: 'confirm_totp',
  text: `
UPDATE console_user SET totp_sealed = totp_pending_sealed, totp_at = now(), totp_step = $3, totp_pending_sealed = NULL, totp_pending_at = NULL
 WHERE id = $1 AND totp_sealed IS NULL AND totp_pending_sealed = $2 RETURNING id`,
};

/** Turns the second factor on with the secret whose code was entered, and spends that code. True for one caller. */
export async function confirmTotp(tx: Db, userId: string, sealed: Buffer, step: number): Promise<boolean> {
  return (await tx.query(CONFIRM, [userId, sealed, step])).length === 1;
}

const DROP: Statement = {
  name: 'drop_totp',
  text: `
WITH gone AS (DELETE FROM console_recovery_code WHERE user_id = $1)
UPDATE console_user SET totp_sealed = NULL, totp_at = NULL, totp_pending_sealed = NULL, totp_pending_at = NULL,
       session_version = session_version + $2::int
 WHERE id = $1 AND totp_sealed IS NOT NULL RETURNING id`,
};

/** Turns the second factor off and forgets its recovery codes; may end every session as well. False: it was off. */
export async function dropTotp(tx: Db, userId: string, endsSessions: boolean): Promise<boolean> {
  return (await tx.query(DROP, [userId, endsSessions ? 1 : 0])).length === 1;
}

const FORGET_RECOVERY: Statement = {
  name: 'forget_recovery_codes',
  text: 'DELETE FROM console_recovery_code WHERE user_id = $1',
};
const ADD_RECOVERY: Statement = {
  name: 'add_recovery_codes',
  text: 'INSERT INTO console_recovery_code (user_id, digest) SELECT $1, unnest($2::bytea[])',
};

/** New recovery codes; the ones before them are worth nothing from now on. */
export async function replaceRecoveryCodes(tx: Db, userId: string, digests: readonly Buffer[]): Promise<void> {
  await tx.query(FORGET_RECOVERY, [userId]);
  await tx.query(ADD_RECOVERY, [userId, digests]);
}

// The step in the condition is what refuses a replay: of two requests with one code, the row lock lets one change it.
const SPEND_STEP: Statement = {
  name: 'spend_totp_step',
  text: `UPDATE console_user SET totp_step = $2 WHERE id = $1 AND totp_sealed IS NOT NULL AND totp_step < $2 AND disabled_at IS NULL RETURNING id`,
};

const SPEND_RECOVERY: Statement = {
  name: 'spend_recovery_code',
  text: `
WITH spent AS (
  UPDATE console_recovery_code SET spent_at = now() WHERE user_id = $1 AND digest = $2 AND spent_at IS NULL RETURNING user_id
), noted AS (
  INSERT INTO audit_entry (id, actor, action, target_id)
  SELECT gen_random_uuid(), ${auditActorOf('u')}, 'second_factor.recovery_code_spent', u.id::text
    FROM spent JOIN console_user u ON u.id = spent.user_id
)
SELECT user_id FROM spent`,
};

/** Takes a code once: true for one caller, and never again for that time step or an older one, or for that recovery code. */
export async function spendSecondFactor(
  db: Db,
  userId: string,
  factor: { kind: 'step'; step: number } | { kind: 'recovery_code'; digest: Buffer },
): Promise<boolean> {
  const rows =
    factor.kind === 'step'
      ? await db.query(SPEND_STEP, [userId, factor.step])
      : await db.query(SPEND_RECOVERY, [userId, factor.digest]);
  return rows.length === 1;
}

const SET_PASSWORD: Statement = {
  name: 'set_password',
  text: `UPDATE console_user SET password_hash = $3, session_version = session_version + 1
          WHERE id = $1 AND password_hash = $2 AND disabled_at IS NULL RETURNING id`,
};

/** Replaces the password that was just proven, and ends every session. False: it was changed meanwhile. */
export async function setPassword(tx: Db, userId: string, was: string, becomes: string): Promise<boolean> {
  return (await tx.query(SET_PASSWORD, [userId, was, becomes])).length === 1;
}

const RESET_PASSWORD: Statement = {
  name: 'reset_password',
  text: `UPDATE console_user SET password_hash = $3, session_version = session_version + 1
          WHERE id = $1 AND role = $2 AND disabled_at IS NULL RETURNING id`,
};

/** Replaces a password that was lost, and ends every session; name, role and second factor stay. False: disabled, or of another role meanwhile. */
export async function resetPassword(tx: Db, userId: string, role: Role, becomes: string): Promise<boolean> {
  return (await tx.query(RESET_PASSWORD, [userId, role, becomes])).length === 1;
}
