import { GitPullRequestArrow, History } from 'lucide-react';
import type { Metadata } from 'next';
import Link from 'next/link';
import { ChangeList } from '@/components/console/configuration/change-list';
import { FindingList } from '@/components/console/configuration/finding-list';
import { count, DASH, money } from '@/components/console/format';
import { Page } from '@/components/console/shell/shell';
import { Button, buttonStyle } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/empty-state';
import { FormMessage } from '@/components/ui/form-message';
import { Panel, PanelHeading } from '@/components/ui/panel';
import { SubmitButton } from '@/components/ui/submit-button';
import { requireUser, type UserActor } from '@/lib/auth/session';
import { viewerTimeZone } from '@/lib/auth/viewer-zone';
import { type Entities, withDraft } from '@/lib/domain/configuration/entities';
import { mayDo } from '@/lib/domain/permissions';
import { type DraftView, findingKey, judgeDraft } from '@/lib/operations/configuration/read-draft';
import { listVersions } from '@/lib/operations/configuration/versions';
import { discard } from '../draft-actions';
import { draftOf } from '../draft-of';
import { applyFix, publish, undoEntity } from './actions';
import { ConflictForm } from './conflict-form';
import { NoteForm } from './note-form';
import { VersionList } from './version-list';

export const metadata: Metadata = { title: 'Changes' };

export default async function ChangesPage(props: { searchParams: Promise<{ before?: string | string[] }> }) {
  const user = await requireUser('config:read');
  const { before } = await props.searchParams;
  const asked = Number(typeof before === 'string' ? before : Number.NaN);
  const page = { before: Number.isInteger(asked) && asked > 0 ? asked : null };
  const [view, { versions, hasMore }] = await Promise.all([draftOf(user), listVersions(user, page)]);
  return (
    <Page
      title="Changes"
      lead="Your draft, what it would do, and everything that was published before it."
      aside={
        view.changes.length > 0 && mayDo(user, 'config:write') ? (
          <form action={discard}>
            <SubmitButton tone="danger">Discard the draft</SubmitButton>
          </form>
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
          {versions.length > 0 ? (
            <VersionList versions={versions} head={view.head} hasMore={hasMore} timeZone={await viewerTimeZone()} />
          ) : (
            <EmptyState
              picture={<History aria-hidden="true" className="size-8" strokeWidth={1.25} />}
              title="Nothing was published before that"
            >
              <Link href="/config/changes" className="underline">
                Back to the newest
              </Link>
            </EmptyState>
          )}
        </Panel>
      </div>
    </Page>
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

async function Draft({ user, view }: { user: UserActor; view: DraftView }) {
  const { findings, newCodes, impact } = await judgeDraft(user, view);
  const after: Entities = withDraft(view.live, view.draft);
  const isNew = (finding: (typeof findings)[number]) => newCodes.has(findingKey(finding));
  const mine = [...findings.filter(isNew), ...findings.filter((finding) => !isNew(finding))].slice(0, 12);
  const errors = findings.filter((finding) => finding.severity === 'error' && isNew(finding)).length;
  return (
    <div className="grid items-start gap-6 lg:grid-cols-[minmax(0,1fr)_20rem]">
      <div className="flex min-w-0 flex-col gap-6">
        {view.conflicts.length > 0 ? (
          <ConflictForm conflicts={view.conflicts} names={{ ...after, ...view.live }} revision={view.revision} />
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
              <form action={undoEntity}>
                <input type="hidden" name="entity" value={entity} />
                <Button type="submit" size="small" tone="quiet">
                  Undo
                </Button>
              </form>
            )}
          />
          {view.changes.length > 500 ? (
            <p className="border-line border-t px-4 py-2 text-ink-3 text-xs">
              And {count(view.changes.length - 500)} more, in the same manner.
            </p>
          ) : null}
        </Panel>
        <Panel>
          <PanelHeading
            title="What would go wrong"
            hint={
              findings.length === 0
                ? undefined
                : `${findings.filter(isNew).length} brought by this draft, ${findings.filter((f) => !isNew(f)).length} there before`
            }
          />
          {findings.length === 0 ? (
            <FormMessage tone="good" className="m-3">
              Nothing that the lint knows of.
            </FormMessage>
          ) : (
            <>
              <FindingList
                findings={mine}
                entities={after}
                isNew={isNew}
                fix={(finding) => (
                  <form action={applyFix}>
                    <input type="hidden" name="finding" value={findingKey(finding)} />
                    <Button type="submit" size="small">
                      {finding.fix?.label}
                    </Button>
                  </form>
                )}
              />
              {findings.length > mine.length ? (
                <p className="border-line border-t px-4 py-2 text-xs">
                  <Link href="/config/readiness" className="text-accent hover:underline">
                    All of them in Readiness
                  </Link>
                </p>
              ) : null}
            </>
          )}
        </Panel>
      </div>
      <Panel className="lg:sticky lg:top-6">
        <PanelHeading title="Publish" hint={`version ${view.head + 1}`} />
        <div className="flex flex-col gap-4 p-4">
          <dl className="grid grid-cols-2 gap-x-4 gap-y-3">
            <Figure label="Codes it touches" value={impact.isKnown ? count(impact.verifications) : DASH} />
            <Figure label="Their cost" value={impact.isKnown ? money(impact.costMicros) : DASH} />
            <Figure label="Countries" value={scopeWords(impact.countries)} />
            <Figure label="Use cases" value={scopeWords(impact.useCases)} />
          </dl>
          <p className="text-ink-3 text-xs">
            Live traffic of the last 7 days in these countries or use cases. Codes in flight keep what they were issued
            with.
          </p>
          {view.conflicts.length > 0 ? (
            <FormMessage tone="warn">Settle the conflict first.</FormMessage>
          ) : errors > 0 ? (
            <FormMessage tone="warn">
              {errors === 1 ? 'An error' : `${errors} errors`} of this draft would leave people without a code.
            </FormMessage>
          ) : null}
          {mayDo(user, 'config:publish') ? (
            <NoteForm
              action={publish}
              hidden={{ revision: view.revision }}
              button="Publish"
              hint="For whoever reads the history in half a year."
              isBlocked={view.conflicts.length > 0 || errors > 0}
            />
          ) : null}
        </div>
      </Panel>
    </div>
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
