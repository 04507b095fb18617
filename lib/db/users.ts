import { auditActorOf } from '@/lib/db/audit';
import type { Db } from '@/lib/db/client';
import type { Role } from '@/lib/domain/actor';

export type UserRow = { id: string; email: string; name: string; role: Role };
export type UserSecret = UserRow & { passwordHash: string; isDisabled: boolean; hasSecondFactor: boolean };

/**
 * Sign-in attempts allowed in fifteen minutes: per e-mail address from one network address, per network address, and per e-mail address over
 * all of them. The last is wide, because anybody can use it up for anybody; the same for an account's second factor is narrow: only who
 * knows the password comes so far.
 */
export const SIGN_IN_LIMITS = {
  perEmailAndAddress: 5,
  perAddress: 20,
  perEmail: 50,
  perSecondFactor: 5,
  windowMinutes: 15,
} as const;

/** Twelve hours without a request end a session, and so do seven days with them. */
export const SESSION_IDLE_HOURS = 12;
export const SESSION_DAYS = 7;

/** Takes a place in one budget, when the one before it gave one. Rows are locked in the order pair, address, e-mail, here and in `forgive`. */
const take = (key: string, max: string, after: string) => `
      INSERT INTO sign_in_throttle AS t (key, attempts, admitted, updated_at)
      SELECT ${key}, ARRAY[now()], true, now() WHERE ${after}
      ON CONFLICT (key) DO UPDATE SET
        admitted = (SELECT count(*) FROM unnest(t.attempts) AS a WHERE a > now() - make_interval(mins => $3)) < ${max},
        attempts = (SELECT coalesce(array_agg(a ORDER BY a), '{}') FROM unnest(t.attempts) AS a WHERE a > now() - make_interval(mins => $3))
                   || CASE WHEN (SELECT count(*) FROM unnest(t.attempts) AS a WHERE a > now() - make_interval(mins => $3)) < ${max}
                           THEN ARRAY[now()] ELSE '{}'::timestamptz[] END,
        updated_at = now()
      RETURNING admitted,
        ceil(extract(epoch FROM (SELECT min(a) FROM unnest(attempts) AS a) + make_interval(mins => $3) - now()))::int AS "retryAfterSeconds"`;

const admit = {
  name: 'users.admit_sign_in',
  text: `
    WITH pair AS (${take('$1::bytea || $2::bytea', '$4::int', 'true')}
    ), address AS (${take('$2::bytea', '$5::int', '(SELECT admitted FROM pair)')}
    ), email AS (${take('$1::bytea', '$6::int', '(SELECT admitted FROM address)')}
    )
    SELECT * FROM pair UNION ALL SELECT * FROM address UNION ALL SELECT * FROM email`,
};

/**
 * Takes one sign-in attempt out of the budgets, before any password is looked at. One statement: each key's row is
 * locked while it is counted, so parallel attempts cannot share a place. A refused attempt takes nothing from the budget
 * that refused it or from wider ones, so the window always opens again, and one network cannot use up everybody's.
 * `perEmail`: attempts over all networks. Returns null when admitted, else the seconds to wait.
 */
export async function admitSignIn(
  db: Db,
  keys: { email: Buffer; address: Buffer },
  perEmail: number = SIGN_IN_LIMITS.perEmail,
): Promise<number | null> {
  const { perEmailAndAddress, perAddress, windowMinutes } = SIGN_IN_LIMITS;
  const rows = await db.query<{ admitted: boolean; retryAfterSeconds: number }>(admit, [
    keys.email,
    keys.address,
    windowMinutes,
    perEmailAndAddress,
    perAddress,
    perEmail,
  ]);
  const refused = rows.filter((row) => !row.admitted).map((row) => row.retryAfterSeconds);
  return refused.length > 0 ? Math.max(1, ...refused) : null;
}

const forgive = {
  name: 'users.forgive_sign_in',
  text: `
    WITH pair AS MATERIALIZED (
      SELECT key FROM sign_in_throttle
       WHERE key > $1::bytea AND key <= $1::bytea || decode(repeat('ff', 64), 'hex') AND key = coalesce($1::bytea || $2::bytea, key)
       ORDER BY key FOR UPDATE
    ), address AS MATERIALIZED (
      SELECT key FROM sign_in_throttle WHERE key = $2::bytea AND (SELECT count(*) FROM pair) >= 0 FOR UPDATE
    ), email AS MATERIALIZED (
      SELECT key FROM sign_in_throttle WHERE key = $1::bytea AND (SELECT count(*) FROM address) >= 0 FOR UPDATE
    )
    UPDATE sign_in_throttle AS t
       SET attempts = CASE WHEN t.key = $2::bytea THEN trim_array(t.attempts, least(1, cardinality(t.attempts))) ELSE '{}' END
      FROM (SELECT key FROM pair UNION ALL SELECT key FROM address UNION ALL SELECT key FROM email) AS one
     WHERE t.key = one.key`,
};

/** After a right password: the e-mail address starts afresh, and the network address gets this attempt back. Null: none was tried from; it starts afresh from all of them. */
export async function forgiveSignIn(db: Db, keys: { email: Buffer; address: Buffer | null }): Promise<void> {
  await db.query(forgive, [keys.email, keys.address]);
}

const find = {
  name: 'users.find_by_email',
  text: `SELECT id, email, name, role, password_hash AS "passwordHash", disabled_at IS NOT NULL AS "isDisabled",
                totp_sealed IS NOT NULL AS "hasSecondFactor"
           FROM console_user WHERE email = $1`,
};

/** Who signs in with this address, in lower case, disabled or not. Null: nobody. */
export async function findUserByEmail(db: Db, email: string): Promise<UserSecret | null> {
  const [row] = await db.query<UserSecret>(find, [email]);
  return row ?? null;
}

const begin = {
  name: 'users.begin_session',
  text: `
    WITH who AS (
      UPDATE console_user SET last_sign_in_at = now() WHERE id = $1 AND disabled_at IS NULL RETURNING id, email, role, session_version
    ), ended AS (
      UPDATE console_session SET ended_at = now() WHERE id = $2 AND ended_at IS NULL
    ), noted AS (
      INSERT INTO audit_entry (id, actor, action, target_id)
      SELECT gen_random_uuid(), ${auditActorOf('who')}, 'session.begin', id FROM who
    )
    INSERT INTO console_session (id, user_id, session_version)
    SELECT gen_random_uuid(), id, session_version FROM who
    RETURNING id`,
};

/** A new session for this user; the one it replaces ends in the same statement. Null when the user is disabled or gone. */
export async function beginSession(db: Db, args: { userId: string; replaces: string | null }): Promise<string | null> {
  const [row] = await db.query<{ id: string }>(begin, [args.userId, args.replaces]);
  return row?.id ?? null;
}

const resume = {
  name: 'users.resume_session',
  text: `
    WITH found AS (
      SELECT s.id AS session_id, s.last_seen_at, u.id, u.email, u.name, u.role
        FROM console_session s JOIN console_user u ON u.id = s.user_id
       WHERE s.id = $1 AND s.ended_at IS NULL AND u.disabled_at IS NULL AND s.session_version = u.session_version
         AND s.last_seen_at > now() - make_interval(hours => $2) AND s.created_at > now() - make_interval(days => $3)
    ), seen AS (
      UPDATE console_session s SET last_seen_at = now() FROM found
       WHERE s.id = found.session_id AND found.last_seen_at < now() - interval '1 minute'
    )
    SELECT id, email, name, role FROM found`,
};

const peek = {
  name: 'users.peek_session',
  text: `
    SELECT u.id, u.email, u.name, u.role
      FROM console_session s JOIN console_user u ON u.id = s.user_id
     WHERE s.id = $1 AND s.ended_at IS NULL AND u.disabled_at IS NULL AND s.session_version = u.session_version
       AND s.last_seen_at > now() - make_interval(hours => $2) AND s.created_at > now() - make_interval(days => $3)`,
};

/** The same without counting as having been there: an open tab that watches by itself does not keep a session alive. */
export async function peekSession(db: Db, sessionId: string): Promise<UserRow | null> {
  const [row] = await db.query<UserRow>(peek, [sessionId, SESSION_IDLE_HOURS, SESSION_DAYS]);
  return row ?? null;
}

/**
 * Who this session belongs to, as of now: a demotion, a disabled account or an ended session counts from the next
 * request on. Null means: sign in again.
 */
export async function resumeSession(db: Db, sessionId: string): Promise<UserRow | null> {
  const [row] = await db.query<UserRow>(resume, [sessionId, SESSION_IDLE_HOURS, SESSION_DAYS]);
  return row ?? null;
}

const end = {
  name: 'users.end_session',
  text: 'UPDATE console_session SET ended_at = now() WHERE id = $1 AND ended_at IS NULL',
};

/** Ends a session at its next request; one that has ended stays as it is. */
export async function endSession(db: Db, sessionId: string): Promise<void> {
  await db.query(end, [sessionId]);
}

const lock = { name: 'lock_users', text: 'LOCK TABLE console_user IN SHARE ROW EXCLUSIVE MODE' };

/** Lets one transaction at a time decide by who the users are. */
export async function lockUsers(tx: Db): Promise<void> {
  await tx.query(lock, []);
}

const any = { name: 'users.any', text: 'SELECT EXISTS (SELECT 1 FROM console_user) AS "hasAny"' };

/** Whether anybody has an account, disabled or not; worth something for a decision under lockUsers only. */
export async function hasAnyUser(db: Db): Promise<boolean> {
  const [row] = await db.query<{ hasAny: boolean }>(any, []);
  return row?.hasAny ?? false;
}

const insert = {
  name: 'users.insert',
  text: `
    INSERT INTO console_user (id, email, name, role, password_hash, created_at) VALUES ($1, $2, $3, $4, $5, COALESCE($6::timestamptz, now()))
    ON CONFLICT (email) DO NOTHING RETURNING id`,
};

/** Adds a person, which the caller notes; true for exactly one caller per e-mail address. `createdAt`: where that is not now, for a past that is written down later. */
export async function insertUser(tx: Db, user: UserRow & { passwordHash: string; createdAt?: Date }): Promise<boolean> {
  const rows = await tx.query(insert, [
    user.id,
    user.email,
    user.name,
    user.role,
    user.passwordHash,
    user.createdAt ?? null,
  ]);
  return rows.length === 1;
}

type AccessChange = { path: 'role' | 'disabled'; before: Role | boolean; after: Role | boolean };

const change = {
  name: 'users.change_access',
  text: `
    WITH was AS (SELECT id, role, disabled_at FROM console_user WHERE id = $1 FOR UPDATE)
    UPDATE console_user u SET
      role = coalesce($2, u.role),
      disabled_at = CASE WHEN $3::boolean IS NULL THEN u.disabled_at WHEN $3 THEN coalesce(u.disabled_at, now()) ELSE NULL END,
      session_version = u.session_version + 1
     FROM was WHERE u.id = was.id
    RETURNING (
      SELECT coalesce(jsonb_agg(jsonb_build_object('path', path, 'before', before, 'after', after)), '[]')
        FROM (VALUES ('role', to_jsonb(was.role), to_jsonb(u.role)),
                     ('disabled', to_jsonb(was.disabled_at IS NOT NULL), to_jsonb(u.disabled_at IS NOT NULL))) AS c(path, before, after)
       WHERE before <> after) AS changes`,
};

/**
 * Changes role and/or disabled; null leaves a field as it is. Sessions begun before end at their next request. Answers what is other than it
 * was, which the caller notes. Null: no such user.
 */
export async function changeUserAccess(
  tx: Db,
  args: { id: string; role: Role | null; isDisabled: boolean | null },
): Promise<AccessChange[] | null> {
  const [row] = await tx.query<{ changes: AccessChange[] }>(change, [args.id, args.role, args.isDisabled]);
  return row?.changes ?? null;
}

const standing = {
  name: 'users.standing',
  text: `
    SELECT u.email, u.role, u.disabled_at IS NOT NULL AS "isDisabled",
           (SELECT count(*)::int FROM console_user o WHERE o.role = 'owner' AND o.disabled_at IS NULL AND o.id <> u.id) AS "otherOwners"
      FROM console_user u WHERE u.id = $1`,
};

type Standing = { email: string; role: Role; isDisabled: boolean; otherOwners: number };

/** What a user may and how many other owners can sign in: the latter is worth something under lockUsers only. Null: no such user. */
export async function findStanding(tx: Db, id: string): Promise<Standing | null> {
  const [row] = await tx.query<Standing>(standing, [id]);
  return row ?? null;
}
