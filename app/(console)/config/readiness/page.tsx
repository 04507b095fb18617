import { CircleCheckBig } from 'lucide-react';
import type { Metadata } from 'next';
import { Suspense } from 'react';
import { FindingList } from '@/components/console/configuration/finding-list';
import { count } from '@/components/console/format';
import { Page } from '@/components/console/shell/shell';
import { EmptyState } from '@/components/ui/empty-state';
import { Panel, PanelHeading } from '@/components/ui/panel';
import { Skeleton, TableSkeleton } from '@/components/ui/skeleton';
import { requireUser, type UserActor } from '@/lib/auth/session';
import { viewerTimeZone } from '@/lib/auth/viewer-zone';
import { mayDo } from '@/lib/domain/permissions';
import { findingKey, findReadiness } from '@/lib/operations/configuration/read-draft';
import { FaultNotice } from '../../verifications/fault-notice';
import { applyFix } from '../changes/actions';
import { EditForm } from '../changes/edit-form';
import { draftOf } from '../draft-of';

export const metadata: Metadata = { title: 'Readiness' };

const GROUPS = [
  { severity: 'error', title: 'Would leave people without a code' },
  { severity: 'warning', title: 'Would go wrong for some' },
  { severity: 'note', title: 'Worth knowing' },
] as const;

export default async function ReadinessPage() {
  const user = await requireUser('config:read');
  const timeZone = await viewerTimeZone();
  return (
    <Page
      title="Readiness"
      lead="What would fail tonight, under the configuration that is live, with last week’s traffic."
    >
      <Suspense fallback={null}>
        <FaultNotice user={user} timeZone={timeZone} now={new Date()} />
      </Suspense>
      <Suspense
        fallback={
          <Panel>
            <PanelHeading title={<Skeleton className="w-44" />} />
            <TableSkeleton label="Looking at everything that is live" rows={6} row="h-16" hasHead={false} />
          </Panel>
        }
      >
        <Findings user={user} />
      </Suspense>
    </Page>
  );
}

async function Findings({ user }: { user: UserActor }) {
  const [findings, { live }] = await Promise.all([findReadiness(user), draftOf(user)]);
  return (
    <div className="flex flex-col gap-6">
      {findings.length === 0 ? (
        <Panel>
          <EmptyState
            picture={<CircleCheckBig aria-hidden="true" className="size-8 text-good" strokeWidth={1.25} />}
            title="Nothing that we know of"
          >
            Every country has a channel, every message dies with its code, and every language that people use has its
            template.
          </EmptyState>
        </Panel>
      ) : null}
      {GROUPS.map(({ severity, title }) => {
        const group = findings.filter((finding) => finding.severity === severity);
        if (group.length === 0) return null;
        return (
          <Panel key={severity}>
            <PanelHeading title={title} hint={count(group.length)} />
            <FindingList
              findings={group}
              entities={live}
              {...(mayDo(user, 'config:write')
                ? {
                    fix: (finding: (typeof findings)[number]) => (
                      <EditForm
                        action={applyFix}
                        name="finding"
                        value={findingKey(finding)}
                        size="small"
                        tone="secondary"
                      >
                        {finding.fix?.label}
                      </EditForm>
                    ),
                  }
                : {})}
            />
          </Panel>
        );
      })}
    </div>
  );
}
