import type { Metadata } from 'next';
import Link from 'next/link';
import { buttonStyle } from '@/components/ui/button';
import { readInvite } from '@/lib/operations/users/accept-invite';
import { AcceptForm } from './accept-form';

export const metadata: Metadata = { title: 'Choose a password', robots: { index: false }, referrer: 'no-referrer' };

export default async function InvitePage(props: { params: Promise<{ token: string }> }) {
  const { token } = await props.params;
  const invite = await readInvite({ kind: 'system', what: 'invitation' }, { token: token.slice(0, 100) });
  if (!invite) {
    return (
      <>
        <h1 className="font-semibold text-2xl">This link opens nothing</h1>
        <p className="mt-1 mb-7 text-ink-3 text-sm">
          It was used, withdrawn, or is over. Ask whoever sent it for a new one.
        </p>
        <Link href="/sign-in" className={buttonStyle({ size: 'large' })}>
          Sign in
        </Link>
      </>
    );
  }
  if (invite.resetsUserId !== null) {
    return (
      <>
        <h1 className="font-semibold text-2xl">Choose a new password</h1>
        <p className="mt-1 mb-7 text-ink-3 text-sm">
          It replaces the one that was lost, and signs you out everywhere else. Your second factor stays as it is.
        </p>
        <AcceptForm token={token} email={invite.email} isReset />
      </>
    );
  }
  return (
    <>
      <h1 className="font-semibold text-2xl">Join the team</h1>
      <p className="mt-1 mb-7 text-ink-3 text-sm">
        You were invited as <span className="font-medium text-ink-2">{invite.role}</span>. Choose a name and a password.
      </p>
      <AcceptForm token={token} email={invite.email} isReset={false} />
    </>
  );
}
