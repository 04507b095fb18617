import type { Db, Statement } from '@/lib/db/client';
import type { Role } from '@/lib/domain/actor';

export type ListedUser = {
  id: string;
  email: string;
  name: string;
  role: Role;
  isDisabled: boolean;
  hasSecondFactor: boolean;
  createdAt: Date;
  lastSignInAt: Date | null;
};

const LIST: Statement = {
  name: 'list_users',
  text: `
SELECT id, email, name, role, disabled_at IS NOT NULL AS "isDisabled", totp_sealed IS NOT NULL AS "hasSecondFactor",
       created_at AS "createdAt", last_sign_in_at AS "lastSignInAt"
  FROM console_user ORDER BY disabled_at IS NOT NULL, lower(name), id LIMIT $1`,
};

/** Everybody with an account; those who may sign in first. */
export async function listUsers(db: Db, max: number): Promise<ListedUser[]> {
  return db.query<ListedUser>(LIST, [max]);
}
