import { SESSION_DAYS } from '@/lib/db/users';
import { env } from '@/lib/env';

export const SESSION_SECONDS = SESSION_DAYS * 86_400;

/**
 * The session cookie. Over https its `__Host-` prefix makes the browser hold it to this host, this path and TLS;
 * over plain http (localhost, a test bench) browsers refuse that prefix, so the plain name is used.
 */
export function sessionCookie() {
  const isSecure = env().WATCHWORD_PUBLIC_URL.startsWith('https:');
  return {
    name: isSecure ? '__Host-watchword-session' : 'watchword-session',
    options: { httpOnly: true, sameSite: 'lax', path: '/', secure: isSecure, maxAge: SESSION_SECONDS },
  } as const;
}
