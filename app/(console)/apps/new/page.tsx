import type { Metadata } from 'next';
import { Page } from '@/components/console/shell/shell';
import { Panel } from '@/components/ui/panel';
import { requireUser } from '@/lib/auth/session';
import { currentConfiguration } from '@/lib/operations/configuration/snapshot';
import { AppForm } from '../app-form';

export const metadata: Metadata = { title: 'New app' };

export default async function NewAppPage() {
  await requireUser('apps:manage');
  const { policies } = await currentConfiguration();
  return (
    <Page title="New app" lead="Its keys come next.">
      <Panel className="max-w-3xl">
        <AppForm useCases={[...policies.values()].map(({ useCase, name }) => ({ id: useCase, name }))} />
      </Panel>
    </Page>
  );
}
