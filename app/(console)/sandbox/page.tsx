import { AppWindow } from 'lucide-react';
import type { Metadata } from 'next';
import Link from 'next/link';
import { Page } from '@/components/console/shell/shell';
import { buttonStyle } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/empty-state';
import { Panel } from '@/components/ui/panel';
import { requireUser } from '@/lib/auth/session';
import type { Channel } from '@/lib/domain/channel';
import { mayDo } from '@/lib/domain/permissions';
import { type Configuration, currentConfiguration } from '@/lib/operations/configuration/snapshot';
import { SendForm } from './send-form';

export const metadata: Metadata = { title: 'Send a test code' };

export default async function SandboxPage() {
  const user = await requireUser('verifications:write');
  const configuration = await currentConfiguration();
  return (
    <Page
      title="Send a test code"
      lead="To your own phone, or to a number that misbehaves on purpose. Then watch which way the code takes."
    >
      {configuration.apps.size === 0 ? (
        <NoApp mayCreate={mayDo(user, 'apps:manage')} />
      ) : (
        <SendForm
          apps={[...configuration.apps.values()].map(({ id, name }) => ({ id, name }))}
          useCases={[...configuration.policies.values()].map(({ useCase, name, bindsTransaction }) => ({
            id: useCase,
            name,
            bindsTransaction,
          }))}
          mails={isOffered(configuration, 'email')}
        />
      )}
    </Page>
  );
}

/** Whether any country could get a code by this channel: some route has it switched on, and a connection carries it. */
function isOffered({ connections, routes }: Configuration, channel: Channel): boolean {
  return (
    [...connections.values()].some(({ enabled, channels }) => enabled && channels.includes(channel)) &&
    [...routes.values()].some((route) => route.channels?.some((each) => each.enabled && each.channel === channel))
  );
}

/** A new installation: codes are sent in the name of an app, and there is none. */
function NoApp({ mayCreate }: { mayCreate: boolean }) {
  return (
    <Panel>
      <EmptyState
        picture={<AppWindow aria-hidden="true" className="size-8" strokeWidth={1.25} />}
        title="There is no app yet"
        action={
          <Link href={mayCreate ? '/apps/new' : '/apps'} className={buttonStyle({ tone: 'primary' })}>
            {mayCreate ? 'Make the first app' : 'Apps and keys'}
          </Link>
        }
      >
        A code goes out in the name of an app: its brand is what people read. Make the first one, then come back here.
      </EmptyState>
    </Panel>
  );
}
