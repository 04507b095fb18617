import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { isSetupOpen } from '@/lib/auth/setup-token';
import { SetupForm } from './setup-form';

export const metadata: Metadata = { title: 'Set up' };

export default async function SetupPage(props: {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}) {
  if (!(await isSetupOpen())) redirect('/sign-in');
  const { token } = await props.searchParams;

  return (
    <>
      <h1 className="font-semibold text-2xl">Create the owner</h1>
      <p className="mt-1 mb-7 text-ink-3 text-sm">
        This installation has no account yet. The first one owns it. The server printed where to find the one-time token
        when it started.
      </p>
      <SetupForm token={typeof token === 'string' ? token : ''} />
    </>
  );
}
