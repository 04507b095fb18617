import type { Metadata } from 'next';
import { Page } from '@/components/console/shell/shell';
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
      <SendForm
        apps={[...configuration.apps.values()].map(({ id, name }) => ({ id, name }))}
        useCases={[...configuration.policies.values()].map(({ useCase, name }) => ({ id: useCase, name }))}
      />
    </Page>
  );
}
