import type { Metadata } from 'next';
import Link from 'next/link';
import { notFound } from 'next/navigation';
import { count } from '@/components/console/format';
import { Page } from '@/components/console/shell/shell';
import { TimeStamp } from '@/components/console/time-stamp';
import { PROVIDER_WORDS } from '@/components/console/words';
import { CopyButton } from '@/components/ui/copy-button';
import { FormMessage } from '@/components/ui/form-message';
import { Panel, PanelHeading } from '@/components/ui/panel';
import { requireUser } from '@/lib/auth/session';
import { viewerTimeZone } from '@/lib/auth/viewer-zone';
import { isRefusal } from '@/lib/domain/errors';
import { FAILURE_REASONS, type FailureReason } from '@/lib/domain/message/reasons';
import { mayDo } from '@/lib/domain/permissions';
import { env } from '@/lib/env';
import { getConnection } from '@/lib/operations/connections/list';
import { EditForm, RotateForm, TestForm, UseForm } from '../connection-form';
import { HealthFigures, Senders, StandingBadge } from '../health';

export const metadata: Metadata = { title: 'Connection' };

export default async function ConnectionPage({ params }: { params: Promise<{ id: string }> }) {
  const user = await requireUser('config:read');
  const { id } = await params;
  const [found, timeZone] = await Promise.all([
    getConnection(user, id).catch((error: unknown) => {
      if (isRefusal(error) && error.code === 'not_found') return null;
      throw error;
    }),
    viewerTimeZone(),
  ]);
  if (!found) notFound();
  const { connection, fields, carriedInWeek } = found;
  const mayManage = mayDo(user, 'connections:manage');
  const webhook = `${env().WATCHWORD_PUBLIC_URL}${connection.webhookPath}`;

  return (
    <Page
      timeZone={timeZone}
      title={
        <span className="flex items-center gap-3">
          {connection.name}
          <StandingBadge connection={connection} />
        </span>
      }
      lead={
        <>
          {PROVIDER_WORDS[connection.provider]} ·{' '}
          <Link href="/config/connections" className="underline">
            all connections
          </Link>
        </>
      }
    >
      {connection.breakerState === 'open' ? (
        <FormMessage tone="bad" className="mb-4">
          Passed over since{' '}
          {connection.breakerSince ? <TimeStamp at={connection.breakerSince} timeZone={timeZone} /> : 'a moment ago'}:{' '}
          {words(connection.breakerReason)}. Other connections and channels carry its codes.
          {connection.breakerRetryAt ? (
            <>
              {' '}
              The next look is at <TimeStamp at={connection.breakerRetryAt} timeZone={timeZone} />.
            </>
          ) : null}
        </FormMessage>
      ) : null}
      {connection.alertedAt && connection.alertReason ? (
        <FormMessage tone={isRecent(connection.alertedAt) ? 'warn' : 'note'} className="mb-4">
          {isRecent(connection.alertedAt) ? 'Needs repair' : 'The last fault of our own'}:{' '}
          {words(connection.alertReason)}, <TimeStamp at={connection.alertedAt} timeZone={timeZone} />.
        </FormMessage>
      ) : null}
      <div className="grid items-start gap-6 lg:grid-cols-[minmax(0,1fr)_22rem]">
        <div className="flex min-w-0 flex-col gap-6">
          {connection.hasReceipts ? (
            <Panel>
              <PanelHeading title="Where the provider calls back" hint="Enter it in the provider’s console." />
              <p className="flex items-center gap-2 px-4 py-3">
                <code className="num min-w-0 truncate text-sm">{webhook}</code>
                <CopyButton value={webhook} label="Copy the address" />
              </p>
            </Panel>
          ) : null}
          {mayManage ? (
            <>
              <Panel>
                <PanelHeading title="Settings" hint="Changes hold from the next code on." />
                <EditForm connection={connection} fields={fields.settings} credentials={fields.credentials} />
              </Panel>
              <Panel>
                <PanelHeading
                  title="Credentials"
                  hint={
                    connection.rotatedAt ? (
                      <>
                        rotated <TimeStamp at={connection.rotatedAt} timeZone={timeZone} />
                      </>
                    ) : (
                      'sealed; they cannot be read back'
                    )
                  }
                />
                <RotateForm
                  connectionId={connection.publicId}
                  fields={fields.credentials}
                  hasPrevious={connection.hasPrevious}
                />
              </Panel>
            </>
          ) : (
            <Panel>
              <PanelHeading title="Settings" />
              <dl className="divide-y divide-line px-4 text-sm">
                {Object.entries(connection.settings).map(([name, value]) => (
                  <div key={name} className="flex min-h-9 items-center justify-between gap-4">
                    <dt className="text-ink-3">{name.replaceAll('_', ' ')}</dt>
                    <dd className="num">{value}</dd>
                  </div>
                ))}
              </dl>
            </Panel>
          )}
        </div>
        <div className="flex min-w-0 flex-col gap-6">
          <Panel>
            <PanelHeading title="Health" hint="last 15 minutes" />
            <HealthFigures connection={connection} />
          </Panel>
          <Panel>
            <PanelHeading title="Senders" />
            <div className="p-4">
              <Senders connection={connection} />
            </div>
          </Panel>
          {mayManage ? (
            <>
              <Panel>
                <PanelHeading title="Test" hint="sends nothing" />
                <div className="p-4">
                  <TestForm connectionId={connection.publicId} />
                </div>
              </Panel>
              <Panel>
                <PanelHeading title={connection.enabled ? 'Take it out of use' : 'Put it into use'} />
                <div className="p-4">
                  <UseForm
                    connectionId={connection.publicId}
                    isEnabled={connection.enabled}
                    carried={count(carriedInWeek)}
                  />
                </div>
              </Panel>
            </>
          ) : null}
        </div>
      </div>
    </Page>
  );
}

/** A fault of the last hour still stands; an older one is history. */
const isRecent = (at: Date): boolean => Date.now() - at.getTime() < 3_600_000;

const words = (reason: string | null): string =>
  reason === null
    ? 'no reason was kept'
    : reason in FAILURE_REASONS
      ? FAILURE_REASONS[reason as FailureReason].title.toLowerCase()
      : reason.replaceAll('_', ' ');
