import type { Metadata } from 'next';
import Link from 'next/link';
import { notFound } from 'next/navigation';
import { ChangeList } from '@/components/console/configuration/change-list';
import { count, money } from '@/components/console/format';
import { Page } from '@/components/console/shell/shell';
import { TimeStamp } from '@/components/console/time-stamp';
import { Badge } from '@/components/ui/badge';
import { EmptyState } from '@/components/ui/empty-state';
import { FormMessage } from '@/components/ui/form-message';
import { Panel, PanelHeading } from '@/components/ui/panel';
import { SubmitButton } from '@/components/ui/submit-button';
import { requireUser } from '@/lib/auth/session';
import { viewerTimeZone } from '@/lib/auth/viewer-zone';
import { isRefusal } from '@/lib/domain/errors';
import { mayDo } from '@/lib/domain/permissions';
import { getVersion } from '@/lib/operations/configuration/versions';
import { draftOf } from '../../draft-of';
import { goBack } from '../actions';
import { NoteForm } from '../note-form';
import { authorOf } from '../version-list';

export const metadata: Metadata = { title: 'Version' };

export default async function VersionPage(props: {
  params: Promise<{ version: string }>;
  searchParams: Promise<{ published?: string | string[] }>;
}) {
  const user = await requireUser('config:read');
  const { version: asked } = await props.params;
  const { published } = await props.searchParams;
  const [found, view, timeZone] = await Promise.all([
    getVersion(user, /^\d{1,9}$/.test(asked) ? Number(asked) : 0).catch((error: unknown) => {
      if (isRefusal(error) && error.code === 'not_found') return null;
      throw error;
    }),
    draftOf(user),
    viewerTimeZone(),
  ]);
  if (!found) notFound();
  const { version, goingBack } = found;
  const isLive = version.version === view.head;

  return (
    <Page
      timeZone={timeZone}
      title={
        <span className="flex items-center gap-3">
          Version {version.version}
          {isLive ? <Badge tone="good">live</Badge> : null}
        </span>
      }
      lead={
        <>
          {authorOf(version)} · <TimeStamp at={version.at} timeZone={timeZone} /> ·{' '}
          <Link href="/config/changes" className="underline">
            all changes
          </Link>
        </>
      }
    >
      {published === '1' && isLive ? (
        <FormMessage tone="good" className="mb-4">
          Published. Every process works with it within a second; codes in flight keep what they were issued with.
        </FormMessage>
      ) : null}
      <div className="grid items-start gap-6 lg:grid-cols-[minmax(0,1fr)_20rem]">
        <div className="flex min-w-0 flex-col gap-6">
          <Panel>
            <PanelHeading title="Why" />
            <p className="whitespace-pre-wrap px-4 py-3 text-sm">{version.note}</p>
          </Panel>
          <Panel>
            <PanelHeading
              title="What it changed"
              hint={version.rollsBackTo === null ? undefined : `by going back to version ${version.rollsBackTo}`}
            />
            {version.changes.length > 0 ? (
              <ChangeList changes={version.changes.slice(0, 500)} entities={view.live} />
            ) : (
              <EmptyState title="It changed nothing">It is what the installation began with.</EmptyState>
            )}
          </Panel>
        </div>
        <Panel>
          <PanelHeading title="Touched" hint="in the 7 days before" />
          <p className="px-4 py-3 text-sm">
            <span className="num font-medium">{count(version.impact.verifications)}</span> verifications,{' '}
            <span className="num font-medium">{money(version.impact.costMicros)}</span>
          </p>
          {isLive || !mayDo(user, 'config:publish') ? null : (
            <div className="border-line border-t p-4">
              {goingBack.length === 0 ? (
                <p className="text-ink-3 text-sm">What is live is the same as this version.</p>
              ) : (
                <>
                  <p className="mb-3 text-sm">
                    Going back changes {count(goingBack.length)} {goingBack.length === 1 ? 'field' : 'fields'} of what
                    is live:
                  </p>
                  <div className="-mx-4 mb-4 max-h-80 overflow-y-auto border-line border-y">
                    <ChangeList changes={goingBack.slice(0, 50)} entities={view.live} />
                  </div>
                  <NoteForm
                    action={goBack}
                    hidden={{ version: version.version }}
                    button={<SubmitButton size="large">Go back to version {version.version}</SubmitButton>}
                    hint="It becomes a new version on top."
                  />
                </>
              )}
            </div>
          )}
        </Panel>
      </div>
    </Page>
  );
}
