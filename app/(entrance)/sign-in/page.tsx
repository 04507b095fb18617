import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { currentUser } from '@/lib/auth/session';
import { isSetupOpen } from '@/lib/auth/setup-token';
import { SignInForm } from './sign-in-form';

export const metadata: Metadata = { title: 'Sign in' };

export default async function SignInPage(props: {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}) {
  if (await currentUser()) redirect('/overview');
  if (await isSetupOpen()) redirect('/setup');
  const { next } = await props.searchParams;

  return (
    <>
      <h1 className="font-semibold text-2xl">Sign in</h1>
      <p className="mt-1 mb-7 text-ink-3 text-sm">To see what happened to every code.</p>
      <SignInForm next={typeof next === 'string' ? next : ''} />
    </>
  );
}
