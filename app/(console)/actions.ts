'use server';

import { redirect } from 'next/navigation';
import { dropSession } from '@/lib/auth/session';

/** Ends the session here and in the database. */
export async function signOut(): Promise<void> {
  await dropSession();
  redirect('/sign-in');
}
