import type { Metadata } from 'next';
import Link from 'next/link';
import { Suspense } from 'react';
import { Page } from '@/components/console/shell/shell';
import { buttonStyle } from '@/components/ui/button';
import { Panel } from '@/components/ui/panel';
import { TableSkeleton } from '@/components/ui/skeleton';
import { requireUser, type UserActor } from '@/lib/auth/session';
import { withDraft } from '@/lib/domain/configuration/entities';
import { mayDo } from '@/lib/domain/permissions';
import type { DraftView } from '@/lib/operations/configuration/read-draft';
import { recentTraffic } from '@/lib/operations/configuration/traffic';
import { findingCounts } from '@/lib/operations/policies/finding-counts';
import { draftOf } from '../draft-of';
import { AddForm } from './add-form';
import { PolicyTable, policyRows } from './policy-table';
import { RoomTabs } from './room-tabs';

export const metadata: Metadata = { title: 'Use cases' };

export default async function PoliciesPage() {
  const user = await requireUser('config:read');
  const view = await draftOf(user);
  const mayWrite = mayDo(user, 'config:write');
  return (
    <Page
      title="Use cases"
      lead="Why a code is asked for decides how long it lives, how it is guessed, and what it approves."
    >
      <RoomTabs current="/config/policies" />
      <Panel>
        <Suspense
          fallback={
            <TableSkeleton
              label="Loading the use cases"
              rows={Object.keys(withDraft(view.live, view.draft)).filter((key) => key.startsWith('policies/')).length}
              row="h-[57px]"
            />
          }
        >
          <Policies user={user} view={view} />
        </Suspense>
      </Panel>
      {mayWrite ? (
        <div className="mt-6 grid gap-6 lg:grid-cols-2">
          <Panel>
            <AddForm />
          </Panel>
          <Panel>
            <div className="flex flex-wrap items-center gap-3 p-4 text-sm">
              <div className="min-w-[14rem] flex-1">
                <h2 className="font-medium">Ready-made for your industry</h2>
                <p className="mt-1 text-ink-3">
                  Retail, banking, healthcare, education, courier, games: each scenario with its rules and texts.
                </p>
              </div>
              <Link href="/config/policies/packs" className={buttonStyle()}>
                Look at the packs
              </Link>
            </div>
          </Panel>
        </div>
      ) : null}
    </Page>
  );
}

/** The rules with what they come to: the week's traffic and the lint take longer than the rules themselves. */
async function Policies({ user, view }: { user: UserActor; view: DraftView }) {
  const [traffic, findings] = await Promise.all([
    recentTraffic(),
    findingCounts(user, withDraft(view.live, view.draft)),
  ]);
  return <PolicyTable rows={policyRows(view, traffic, findings)} />;
}
