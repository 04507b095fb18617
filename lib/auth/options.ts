import type { AuthOptions } from 'next-auth';
import Credentials from 'next-auth/providers/credentials';
import { clientAddress } from '@/lib/auth/client-address';
import { SESSION_SECONDS, sessionCookie } from '@/lib/auth/cookie';
import { finishSignIn, signIn } from '@/lib/auth/sign-in';
import { database } from '@/lib/db/client';
import { endSession, resumeSession } from '@/lib/db/users';
import { env } from '@/lib/env';

declare module 'next-auth' {
  interface User {
    sessionId: string;
  }
}

/**
 * next-auth seals and opens the cookie and serves /api/auth. The token carries two ids and nothing that could go
 * stale: who somebody is and what they may do is read from the database at every request (session.ts).
 */
export function authOptions(): AuthOptions {
  // next-auth takes its own address from the environment only.
  process.env.NEXTAUTH_URL ??= env().WATCHWORD_PUBLIC_URL;
  const cookie = sessionCookie();
  return {
    secret: env().NEXTAUTH_SECRET,
    session: { strategy: 'jwt', maxAge: SESSION_SECONDS },
    jwt: { maxAge: SESSION_SECONDS },
    pages: { signIn: '/sign-in', signOut: '/sign-in', error: '/sign-in' },
    useSecureCookies: cookie.options.secure,
    cookies: { sessionToken: cookie },
    logger: { error: () => {}, warn: () => {}, debug: () => {} },
    providers: [
      Credentials({
        name: 'E-mail and password',
        credentials: {
          email: { label: 'E-mail', type: 'email' },
          password: { label: 'Password', type: 'password' },
          code: { label: 'Code', type: 'text' },
        },
        async authorize(credentials, request) {
          const headers = new Headers(
            Object.entries(request.headers ?? {}).map(([name, value]) => [name, String(value)] as [string, string]),
          );
          const from = { address: clientAddress(headers), replaces: null };
          const first = await signIn({
            email: credentials?.email ?? '',
            password: credentials?.password ?? '',
            ...from,
          });
          const result =
            first.kind === 'second_factor' && credentials?.code
              ? await finishSignIn({ ticket: first.ticket, code: credentials.code, ...from })
              : first;
          return result.kind === 'signed_in' ? { id: result.userId, sessionId: result.sessionId } : null;
        },
      }),
    ],
    callbacks: {
      jwt: ({ token, user }) => (user ? { sub: user.id, sid: user.sessionId } : token),
      async session({ session, token }) {
        const user = await resumeSession(database(), String(token.sid));
        return { expires: session.expires, user: user ? { name: user.name, email: user.email } : {} };
      },
    },
    events: {
      async signOut({ token }) {
        if (typeof token?.sid === 'string') await endSession(database(), token.sid);
      },
    },
  };
}
