import type { Metadata } from 'next';
import { encode } from 'uqr';
import { Page } from '@/components/console/shell/shell';
import { TimeStamp } from '@/components/console/time-stamp';
import { Panel, PanelHeading } from '@/components/ui/panel';
import { requireUser } from '@/lib/auth/session';
import { viewerTimeZone } from '@/lib/auth/viewer-zone';
import { readAccount } from '@/lib/operations/account/read';
import { PasswordForm } from './password-form';
import { SecondFactor } from './second-factor';

export const metadata: Metadata = { title: 'Your account' };

export default async function AccountPage() {
  const user = await requireUser('account:manage');
  const [account, timeZone] = await Promise.all([readAccount(user), viewerTimeZone()]);
  const { secondFactorSince, pending } = account;

  return (
    <Page title="Your account" lead={`${user.name}, ${user.email}, ${user.role}`}>
      <div className="grid items-start gap-6 lg:grid-cols-2">
        <Panel>
          <PanelHeading
            title="Second factor"
            hint={
              secondFactorSince ? (
                <>
                  on since <TimeStamp at={secondFactorSince} timeZone={timeZone} />
                </>
              ) : (
                'off'
              )
            }
          />
          <SecondFactor
            isOn={secondFactorSince !== null}
            recoveryCodesLeft={account.recoveryCodesLeft}
            pending={pending && { secret: pending.secret, uri: pending.uri, picture: pictureOf(pending.uri) }}
          />
        </Panel>
        <Panel>
          <PanelHeading title="Password" />
          <PasswordForm email={account.email} />
        </Panel>
      </div>
    </Page>
  );
}

/** A QR code as one path of unit squares: drawn on the server, so that no script and no other server sees the secret. */
function pictureOf(uri: string): { size: number; path: string } {
  const { size, data } = encode(uri, { ecc: 'M', border: 2 });
  const squares = data.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : [])));
  return { size, path: squares.join('') };
}
