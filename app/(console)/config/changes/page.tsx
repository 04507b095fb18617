import { GitPullRequestArrow, History } from 'lucide-react';
import type { Metadata } from 'next';
import Link from 'next/link';
import { cache, Suspense } from 'react';
import { ChangeList } from '@/components/console/configuration/change-list';
import { FindingList } from '@/components/console/configuration/finding-list';
import { count, DASH, money } from '@/components/console/format';
import { Page } from '@/components/console/shell/shell';
import { buttonStyle } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/empty-state';
import { FormMessage } from '@/components/ui/form-message';
import { Panel, PanelHeading } from '@/components/ui/panel';
import { Skeleton, TableSkeleton } from '@/components/ui/skeleton';
import { SubmitButton } from '@/components/ui/submit-button';
import { requireUser, type UserActor } from '@/lib/auth/session';
import { viewerTimeZone } from '@/lib/auth/viewer-zone';
import { type Entities, withDraft } from '@/lib/domain/configuration/entities';
import type { Finding } from '@/lib/domain/configuration/lint';
import { mayDo } from '@/lib/domain/permissions';
import { type DraftView, findingKey, judgeDraft } from '@/lib/operations/configuration/read-draft';
import { listVersions } from '@/lib/operations/configuration/versions';
import { discard } from '../draft-actions';
import { draftOf } from '../draft-of';
import { applyFix, publish, undoEntity } from './actions';
import { ConflictForm } from './conflict-form';
import { EditForm } from './edit-form';
import { NoteForm } from './note-form';
import { VersionList } from './version-list';

export const metadata: Metadata = { title: 'Changes' };

export default async function ChangesPage(props: {
  searchParams: Promise<{ before?: string | string[]; discard?: string | string[] }>;
}) {
  const user = await requireUser('config:read');
  const { before, discard: isAsking } = await props.searchParams;
  const asked = Number(typeof before === 'string' ? before : Number.NaN);
  const page = { before: Number.isInteger(asked) && asked > 0 ? asked : null };
  const [view, timeZone] = await Promise.all([draftOf(user), viewerTimeZone()]);
  return (
    <Page
      timeZone={timeZone}
      title="Changes"
      lead="Your draft, what it would do, and everything that was published before it."
      aside={
        view.changes.length > 0 && mayDo(user, 'config:write') ? (
          isAsking ? (
            <form action={discard} className="flex flex-wrap items-center gap-x-4 gap-y-2">
              <p className="min-w-0 text-sm">
                Discard {view.changes.length === 1 ? 'the one change' : `all ${count(view.changes.length)} changes`} of
                your draft? This cannot be undone.
              </p>
              <span className="flex gap-2">
                <SubmitButton tone="danger" autoFocus>
                  Discard for good
                </SubmitButton>
                <Link href="/config/changes" scroll={false} className={buttonStyle({ tone: 'quiet' })}>
                  Keep it
                </Link>
              </span>
            </form>
          ) : (
            <Link
              href="/config/changes?discard=ask"
              scroll={false}
              prefetch={false}
              className={buttonStyle({ tone: 'danger' })}
            >
              Discard the draft
            </Link>
          )
        ) : null
      }
    >
      <div className="flex flex-col gap-6">
        {view.changes.length > 0 ? (
          <Draft user={user} view={view} />
        ) : (
          <NoDraft mayWrite={mayDo(user, 'config:write')} />
        )}
        <Panel>
          <PanelHeading title="History" hint={`Version ${view.head} is live.`} />
          <Suspense
            key={page.before}
            fallback={<TableSkeleton label="Loading the history" rows={Math.min(view.head, 20)} row="h-[41px]" />}
          >
            <Versions user={user} before={page.before} head={view.head} />
          </Suspense>
        </Panel>
      </div>
    </Page>
  );
}

async function Versions({ user, before, head }: { user: UserActor; before: number | null; head: number }) {
  const [{ versions, hasMore }, timeZone] = await Promise.all([listVersions(user, { before }), viewerTimeZone()]);
  if (versions.length > 0) return <VersionList versions={versions} head={head} hasMore={hasMore} timeZone={timeZone} />;
  return (
    <EmptyState
      picture={<History aria-hidden="true" className="size-8" strokeWidth={1.25} />}
      title="Nothing was published before that"
    >
      <Link href="/config/changes" className="underline">
        Back to the newest
      </Link>
    </EmptyState>
  );
}

function NoDraft({ mayWrite }: { mayWrite: boolean }) {
  return (
    <Panel>
      <EmptyState
        picture={<GitPullRequestArrow aria-hidden="true" className="size-8" strokeWidth={1.25} />}
        title={mayWrite ? 'Your draft is empty' : 'Your role reads the configuration'}
        action={
          <Link href="/config/countries" className={buttonStyle()}>
            Open the countries
          </Link>
        }
      >
        {mayWrite
          ? 'Whatever you change in countries, use cases and texts is kept here first. Nothing goes live before you publish it.'
          : 'Owners, admins and ops change it; what they publish stands below.'}
      </EmptyState>
    </Panel>
  );
}

/** What the draft comes to takes longer than the draft; three places of the page tell it. */
const judgementOf = cache(async (user: UserActor, view: DraftView) => {
  const { findings, brought, impact } = await judgeDraft(user, view);
  const isNew = (finding: Finding) => brought.has(finding);
  return {
    findings: [...findings.filter(isNew), ...findings.filter((finding) => !isNew(finding))],
    isNew,
    errors: findings.filter((finding) => finding.severity === 'error' && isNew(finding)).length,
    impact,
  };
});

type DraftProps = { user: UserActor; view: DraftView };

function Draft({ user, view }: DraftProps) {
  const after: Entities = withDraft(view.live, view.draft);
  return (
    <div className="grid items-start gap-6 lg:grid-cols-[minmax(0,1fr)_20rem]">
      <div className="flex min-w-0 flex-col gap-6">
        {view.conflicts.length > 0 ? (
          <ConflictForm
            conflicts={view.conflicts}
            names={{ ...after, ...view.live }}
            revision={view.revision}
            seen={view.conflictsSeen}
          />
        ) : null}
        <Panel>
          <PanelHeading
            title="What becomes different"
            hint={`${count(view.changes.length)} ${view.changes.length === 1 ? 'field' : 'fields'}`}
          />
          <ChangeList
            changes={view.changes.slice(0, 500)}
            entities={after}
            undo={(entity) => (
              <EditForm action={undoEntity} name="entity" value={entity} size="small" tone="quiet">
                Undo
              </EditForm>
            )}
          />
          {view.changes.length > 500 ? (
            <p className="border-line border-t px-4 py-2 text-ink-3 text-xs">
              And {count(view.changes.length - 500)} more, in the same manner.
            </p>
          ) : null}
        </Panel>
        <Suspense
          fallback={
            <Panel>
              <PanelHeading title="What would go wrong" />
              <TableSkeleton label="Looking at what would go wrong" rows={3} row="h-16" hasHead={false} />
            </Panel>
          }
        >
          <Findings user={user} view={view} />
        </Suspense>
      </div>
      <Panel className="lg:sticky lg:top-6">
        <PanelHeading title="Publish" hint={`version ${view.head + 1}`} />
        <div className="flex flex-col gap-4 p-4">
          <Suspense fallback={<ImpactSkeleton />}>
            <Impact user={user} view={view} />
          </Suspense>
          <p className="text-ink-3 text-xs">
            Live traffic of the last 7 days in these countries or use cases. Codes in flight keep what they were issued
            with.
          </p>
          {view.conflicts.length > 0 ? <FormMessage tone="warn">Settle the conflict first.</FormMessage> : null}
          {mayDo(user, 'config:publish') ? (
            // The form does not wait: it works without a script, and the server judges again before anything goes live.
            <NoteForm
              action={publish}
              hidden={{ revision: view.revision }}
              hint="For whoever reads the history in half a year."
              button={
                <Suspense
                  fallback={
                    <SubmitButton size="large" disabled={view.conflicts.length > 0}>
                      Publish
                    </SubmitButton>
                  }
                >
                  <PublishButton user={user} view={view} />
                </Suspense>
              }
            />
          ) : null}
        </div>
      </Panel>
    </div>
  );
}

async function Findings({ user, view }: DraftProps) {
  const { findings, isNew } = await judgementOf(user, view);
  const after: Entities = withDraft(view.live, view.draft);
  const shown = findings.slice(0, 12);
  const brought = findings.filter(isNew).length;
  return (
    <Panel>
      <PanelHeading
        title="What would go wrong"
        hint={
          findings.length === 0
            ? undefined
            : `${brought} brought by this draft, ${findings.length - brought} there before`
        }
      />
      {findings.length === 0 ? (
        <FormMessage tone="good" className="m-3">
          Nothing that the lint knows of.
        </FormMessage>
      ) : (
        <>
          <FindingList
            findings={shown}
            entities={after}
            isNew={isNew}
            fix={(finding) => (
              <EditForm action={applyFix} name="finding" value={findingKey(finding)} size="small" tone="secondary">
                {finding.fix?.label}
              </EditForm>
            )}
          />
          {findings.length > shown.length ? (
            <p className="border-line border-t px-4 py-2 text-xs">
              <Link href="/config/readiness" className="text-accent hover:underline">
                All of them in Readiness
              </Link>
            </p>
          ) : null}
        </>
      )}
    </Panel>
  );
}

async function Impact({ user, view }: DraftProps) {
  const { impact } = await judgementOf(user, view);
  return (
    <dl className="grid grid-cols-2 gap-x-4 gap-y-3">
      <Figure label="Verifications it touches" value={impact.isKnown ? count(impact.verifications) : DASH} />
      <Figure label="Their cost" value={impact.isKnown ? money(impact.costMicros) : DASH} />
      <Figure label="Countries" value={scopeWords(impact.countries)} />
      <Figure label="Use cases" value={scopeWords(impact.useCases)} />
    </dl>
  );
}

function ImpactSkeleton() {
  return (
    <div role="status" aria-label="Adding up what it touches" className="grid grid-cols-2 gap-x-4 gap-y-3">
      {['codes', 'cost', 'countries', 'uses'].map((each) => (
        <span key={each} className="flex h-[42px] flex-col justify-between py-1">
          <Skeleton className="h-2.5 w-20" />
          <Skeleton className="h-4 w-14" />
        </span>
      ))}
    </div>
  );
}

/** Cannot be pressed where the server would refuse, and says why. */
async function PublishButton({ user, view }: DraftProps) {
  const { errors } = await judgementOf(user, view);
  return (
    <>
      {errors > 0 && view.conflicts.length === 0 ? (
        <FormMessage tone="warn">
          {errors === 1 ? 'An error' : `${errors} errors`} of this draft would leave people without a code.
        </FormMessage>
      ) : null}
      <SubmitButton size="large" disabled={errors > 0 || view.conflicts.length > 0}>
        Publish
      </SubmitButton>
    </>
  );
}

const scopeWords = (names: readonly string[]) =>
  names[0] === 'all' ? 'All' : names.length === 0 ? 'None' : names.length <= 3 ? names.join(', ') : count(names.length);

function Figure({ label, value }: { label: string; value: string }) {
  return (
    <div>
      <dt className="text-ink-3 text-xs">{label}</dt>
      <dd className="num mt-0.5 font-medium text-base">{value.replaceAll('_', ' ')}</dd>
    </div>
  );
}
