import { ArrowLeft } from 'lucide-react';
import type { Metadata } from 'next';
import Link from 'next/link';
import { notFound } from 'next/navigation';
import { Page } from '@/components/console/shell/shell';
import { Badge } from '@/components/ui/badge';
import { EmptyState } from '@/components/ui/empty-state';
import { Panel } from '@/components/ui/panel';
import { requireUser } from '@/lib/auth/session';
import { entityAs, entityKey, type LimitsEntity, withDraft } from '@/lib/domain/configuration/entities';
import { mayDo } from '@/lib/domain/permissions';
import { packNamed } from '@/lib/domain/policy/packs';
import { isBuiltIn } from '@/lib/domain/policy/use-case-name';
import { judgePolicy } from '@/lib/operations/policies/judge';
import { findResponseTimes } from '@/lib/operations/policies/response-times';
import { undoEntity } from '../../changes/actions';
import { EditForm } from '../../changes/edit-form';
import { draftOf } from '../../draft-of';
import { fieldsOf } from '../fields';
import { PolicyForm } from './policy-form';
import { RemoveForm } from './remove-form';

type Props = { params: Promise<{ useCase: string }> };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: (await params).useCase.slice(0, 60) };
}

export default async function PolicyPage({ params }: Props) {
  const user = await requireUser('config:read');
  const { useCase } = await params;
  const view = await draftOf(user);
  const entities = withDraft(view.live, view.draft);
  const key = entityKey('policies', useCase);
  const entity = Object.hasOwn(entities, key) ? entities[key] : undefined;
  const liveEntity = Object.hasOwn(view.live, key) ? view.live[key] : undefined;
  const live = liveEntity ? entityAs('policies', liveEntity) : null;
  if (!entity && !live) notFound();
  const mayWrite = mayDo(user, 'config:write');
  if (!entity) return <Deleted name={live?.name ?? useCase} entity={key} />;

  const policy = entityAs('policies', entity);
  const [findings, times] = await Promise.all([
    judgePolicy(user, { useCase, policy: entity, entities }),
    findResponseTimes(user, useCase),
  ]);
  const pack = policy.pack === null ? null : (packNamed(policy.pack)?.name ?? policy.pack);
  return (
    <>
      <Back />
      <Page
        title={
          <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
            {policy.name}
            {pack ? <Badge tone="outline">{pack} pack</Badge> : null}
            {live ? null : <Badge tone="good">new in your draft</Badge>}
          </span>
        }
        lead={
          <>
            Callers name it as <span className="num text-ink-2">{useCase}</span>. Codes in flight keep the rules they
            were issued under.
          </>
        }
        aside={mayWrite && !isBuiltIn(useCase) ? <RemoveForm useCase={useCase} name={policy.name} /> : null}
      >
        <PolicyForm
          useCase={useCase}
          was={JSON.stringify(entity)}
          start={fieldsOf(policy)}
          live={live && fieldsOf(live)}
          mayWrite={mayWrite}
          numberPerDay={(entities['limits/global'] as LimitsEntity).numberPerDay}
          times={times}
          findings={findings}
          entities={{ [key]: entity }}
        />
      </Page>
    </>
  );
}

function Back() {
  return (
    <div className="mx-auto -mb-3 w-full max-w-[84rem] px-4 pt-3 sm:-mb-4 sm:px-7 sm:pt-4">
      <Link
        href="/config/policies"
        className="-ml-1 inline-flex h-7 items-center gap-1.5 rounded-control px-1 text-ink-3 text-xs hover:text-ink"
      >
        <ArrowLeft aria-hidden="true" className="size-3.5" /> Use cases
      </Link>
    </div>
  );
}

/** The draft takes it away: it still works until that is published. */
function Deleted({ name, entity }: { name: string; entity: string }) {
  return (
    <>
      <Back />
      <Page title={name}>
        <Panel>
          <EmptyState
            title="Your draft deletes this use case"
            action={
              <EditForm action={undoEntity} name="entity" value={entity} tone="secondary">
                Keep it after all
              </EditForm>
            }
          >
            It works until you publish. From then on requests for it are refused with unknown_use_case; codes that were
            sent can still be checked.
          </EmptyState>
        </Panel>
      </Page>
    </>
  );
}
