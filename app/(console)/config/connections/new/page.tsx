import type { Metadata } from 'next';
import Link from 'next/link';
import { Page } from '@/components/console/shell/shell';
import { PROVIDER_WORDS } from '@/components/console/words';
import { buttonStyle } from '@/components/ui/button';
import { Panel, PanelHeading } from '@/components/ui/panel';
import { requireUser } from '@/lib/auth/session';
import { PROVIDERS } from '@/lib/domain/channel';
import { fieldsOfProvider } from '@/lib/operations/connections/list';
import { AddForm } from '../connection-form';

export const metadata: Metadata = { title: 'Add a connection' };

export default async function NewConnectionPage(props: { searchParams: Promise<{ provider?: string | string[] }> }) {
  const user = await requireUser('connections:manage');
  const { provider: asked } = await props.searchParams;
  const provider = PROVIDERS.find((known) => known === asked) ?? PROVIDERS[0];
  const { settings, credentials, defaultBaseUrl } = await fieldsOfProvider(user, provider);
  return (
    <Page
      title="Add a connection"
      lead={
        <>
          A provider plus credentials.{' '}
          <Link href="/config/connections" className="underline">
            All connections
          </Link>
        </>
      }
    >
      <nav aria-label="Providers" className="mb-4 flex flex-wrap gap-2">
        {PROVIDERS.map((known) => (
          <Link
            key={known}
            href={`/config/connections/new?provider=${known}`}
            aria-current={known === provider ? 'page' : undefined}
            className={buttonStyle({ tone: known === provider ? 'primary' : 'secondary' })}
          >
            {PROVIDER_WORDS[known]}
          </Link>
        ))}
      </nav>
      <Panel className="max-w-3xl">
        <PanelHeading title={PROVIDER_WORDS[provider]} />
        <AddForm
          key={provider}
          provider={provider}
          settings={settings}
          credentials={credentials}
          defaultBaseUrl={defaultBaseUrl}
        />
      </Panel>
    </Page>
  );
}
