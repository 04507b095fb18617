import NextAuth from 'next-auth';
import { authOptions } from '@/lib/auth/options';
import { politely } from '@/lib/http/sign-in';

/** next-auth's own routes (csrf, callback/credentials, session, signout); the pages use server actions instead. */
const handler = politely((request, context) => NextAuth(authOptions())(request, context));

export {
  handler as DELETE,
  handler as GET,
  handler as HEAD,
  handler as OPTIONS,
  handler as PATCH,
  handler as POST,
  handler as PUT,
};
