import { AppWindow } from 'lucide-react';
import type { Metadata } from 'next';
import { Page } from '@/components/console/shell/shell';
import { CopyButton } from '@/components/ui/copy-button';
import { EmptyState } from '@/components/ui/empty-state';
import { Panel } from '@/components/ui/panel';
import { requireUser } from '@/lib/auth/session';
import { currentConfiguration } from '@/lib/operations/configuration/snapshot';
import { SendForm } from './send-form';

export const metadata: Metadata = { title: 'Send a test code' };

export default async function SandboxPage() {
  await requireUser('verifications:write');
  const configuration = await currentConfiguration();
  return (
    <Page
      title="Send a test code"
      lead="To your own phone, or to a number that misbehaves on purpose. Then watch which way the code takes."
    >
      {configuration.apps.size === 0 ? (
        <NoApp />
      ) : (
        <SendForm
          apps={[...configuration.apps.values()].map(({ id, name }) => ({ id, name }))}
          useCases={[...configuration.policies.values()].map(({ useCase, name, bindsTransaction }) => ({
            id: useCase,
            name,
            bindsTransaction,
          }))}
        />
      )}
    </Page>
  );
}

const CREATE_APP = 'npm run admin -- create-app --name "My app" --brand "My brand"';

/** A new installation: codes are sent in the name of an app, and there is none. */
function NoApp() {
  return (
    <Panel>
      <EmptyState
        picture={<AppWindow aria-hidden="true" className="size-8" strokeWidth={1.25} />}
        title="There is no app yet"
        action={
          <span className="inline-flex max-w-full items-center gap-1 rounded-control bg-sunken py-1 pr-1 pl-3">
            <code className="num truncate text-xs">{CREATE_APP}</code>
            <CopyButton value={CREATE_APP} label="Copy the command" />
          </span>
        }
      >
        A code goes out in the name of an app: its brand is what people read. Make the first one on the server, then
        come back here.
      </EmptyState>
    </Panel>
  );
}
