import type { Metadata } from 'next';
import Link from 'next/link';
import { notFound } from 'next/navigation';
import { Page } from '@/components/console/shell/shell';
import { CopyButton } from '@/components/ui/copy-button';
import { FormMessage } from '@/components/ui/form-message';
import { Panel, PanelHeading } from '@/components/ui/panel';
import { requireUser } from '@/lib/auth/session';
import { viewerTimeZone } from '@/lib/auth/viewer-zone';
import { isRefusal } from '@/lib/domain/errors';
import { mayDo } from '@/lib/domain/permissions';
import { getApp } from '@/lib/operations/apps/list';
import { currentConfiguration } from '@/lib/operations/configuration/snapshot';
import { listKeys } from '@/lib/operations/keys/list';
import { AppForm } from '../app-form';
import { KeyList } from './key-list';
import { NewKeyForm } from './new-key-form';

export const metadata: Metadata = { title: 'App' };

type Search = { rotate?: string | string[]; revoke?: string | string[]; done?: string | string[] };

export default async function AppPage(props: { params: Promise<{ id: string }>; searchParams: Promise<Search> }) {
  const user = await requireUser('apps:read');
  const { id } = await props.params;
  const { rotate, revoke, done } = await props.searchParams;
  const app = await getApp(user, { appId: id }).catch((error: unknown) => {
    if (isRefusal(error) && error.code === 'not_found') return null;
    throw error;
  });
  if (!app) notFound();
  const [keys, { policies }, timeZone] = await Promise.all([
    listKeys(user, { appId: id }),
    currentConfiguration(),
    viewerTimeZone(),
  ]);
  const mayManage = mayDo(user, 'keys:manage');

  return (
    <Page
      timeZone={timeZone}
      title={app.name}
      lead={
        <span className="flex flex-wrap items-center gap-x-2">
          <Link href="/apps" className="underline">
            all apps
          </Link>
          <span className="num break-all text-xs">{id}</span>
          <CopyButton value={id} label="Copy the app's id" />
        </span>
      }
    >
      {done === 'revoked' ? (
        <FormMessage tone="good" className="mb-4">
          Revoked. Every process refuses this key within a second.
        </FormMessage>
      ) : null}
      <div className="grid items-start gap-6 lg:grid-cols-[minmax(0,1fr)_20rem]">
        <div className="flex min-w-0 flex-col gap-6">
          <Panel>
            <PanelHeading title="Keys" hint="Only the last four characters of a key are known here." />
            <KeyList
              keys={keys}
              app={id}
              mayManage={mayManage}
              asked={{ rotate: String(rotate ?? ''), revoke: String(revoke ?? '') }}
              timeZone={timeZone}
              now={Date.now()}
            />
          </Panel>
          <Panel>
            <PanelHeading title="Settings" />
            <AppForm
              isReadOnly={!mayDo(user, 'apps:manage')}
              saved={{
                id,
                edits: app.edits,
                name: app.name,
                brand: app.brand,
                defaultLocale: app.defaultLocale ?? '',
                webDomain: app.webDomain ?? '',
                allowedUseCases: [...app.allowedUseCases],
                allowedNetworks: app.allowedNetworks.join('\n'),
              }}
              useCases={[...policies.values()].map(({ useCase, name }) => ({ id: useCase, name }))}
            />
          </Panel>
        </div>
        {mayManage ? (
          <Panel>
            <PanelHeading title="New key" />
            <NewKeyForm app={id} />
          </Panel>
        ) : null}
      </div>
    </Page>
  );
}
