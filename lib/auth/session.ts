import { cookies, headers } from 'next/headers';
import { forbidden, redirect } from 'next/navigation';
import { decode, encode } from 'next-auth/jwt';
import { cache } from 'react';
import { SESSION_SECONDS, sessionCookie } from '@/lib/auth/cookie';
import { database } from '@/lib/db/client';
import { beginSession, endSession, peekSession, resumeSession } from '@/lib/db/users';
import type { Actor } from '@/lib/domain/actor';
import { mayDo, type Permission } from '@/lib/domain/permissions';
import { isUuid } from '@/lib/domain/uuid';
import { env } from '@/lib/env';

export type UserActor = Extract<Actor, { kind: 'user' }>;

/** The session id in this request's cookie, if the cookie is ours and has not been tampered with. It may have ended since. */
export async function sessionIdOfRequest(): Promise<string | null> {
  const token = (await cookies()).get(sessionCookie().name)?.value;
  if (!token) return null;
  const payload = await decode({ token, secret: env().NEXTAUTH_SECRET }).catch(() => null);
  return typeof payload?.sid === 'string' && isUuid(payload.sid) ? payload.sid : null;
}

/** Puts a session that has just begun into the browser. Only in server actions and route handlers. */
export async function keepSession(session: { userId: string; sessionId: string }): Promise<void> {
  const { name, options } = sessionCookie();
  const token = await encode({
    token: { sub: session.userId, sid: session.sessionId },
    secret: env().NEXTAUTH_SECRET,
    maxAge: SESSION_SECONDS,
  });
  (await cookies()).set(name, token, options);
}

/** A session in place of those that a change of password has ended, for the person who changed it. False: they were disabled meanwhile. */
export async function renewSession(userId: string): Promise<boolean> {
  const sessionId = await beginSession(database(), { userId, replaces: await sessionIdOfRequest() });
  if (sessionId) await keepSession({ userId, sessionId });
  return sessionId !== null;
}

/** Ends the session in the database and takes the cookie back. A copy of the cookie is worth nothing afterwards. */
export async function dropSession(): Promise<void> {
  const sessionId = await sessionIdOfRequest();
  if (sessionId) await endSession(database(), sessionId);
  const { name, options } = sessionCookie();
  (await cookies()).set(name, '', { ...options, maxAge: 0 });
}

/**
 * Who is signed in, as the database says now, or null. Read once per request: a role that was lowered, an account that
 * was disabled or a session that was ended counts from the next request on.
 */
export const currentUser = cache(async (): Promise<UserActor | null> => {
  const sessionId = await sessionIdOfRequest();
  const user = sessionId ? await resumeSession(database(), sessionId) : null;
  return user && { kind: 'user', userId: user.id, email: user.email, name: user.name, role: user.role };
});

/**
 * Who watches by an open connection, with a way to ask again whether they still may. Does not count as having been there:
 * a tab left open ends with its session.
 */
export async function watchingUser(): Promise<{ user: UserActor; isStillOpen: () => Promise<boolean> } | null> {
  const sessionId = await sessionIdOfRequest();
  const found = sessionId ? await peekSession(database(), sessionId) : null;
  if (!sessionId || !found) return null;
  return {
    user: { kind: 'user', userId: found.id, email: found.email, name: found.name, role: found.role },
    isStillOpen: async () => (await peekSession(database(), sessionId))?.role === found.role,
  };
}

/** The signed-in user; sends everyone else to the sign-in page. Every page and every action of the console begins here. */
export async function requireUser(permission?: Permission): Promise<UserActor> {
  const user = await currentUser();
  if (!user) redirect(`/sign-in?next=${encodeURIComponent((await headers()).get('x-watchword-path') ?? '/')}`);
  if (permission && !mayDo(user, permission)) forbidden();
  return user;
}
