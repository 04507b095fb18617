import { Check } from 'lucide-react';
import type { Metadata } from 'next';
import Link from 'next/link';
import { Page } from '@/components/console/shell/shell';
import { Badge } from '@/components/ui/badge';
import { Panel } from '@/components/ui/panel';
import { requireUser } from '@/lib/auth/session';
import { type Entities, withDraft } from '@/lib/domain/configuration/entities';
import { mayDo } from '@/lib/domain/permissions';
import { PACK_TEXTS } from '@/lib/domain/policy/pack-texts';
import { installedAs, PACKS, type Pack, type Scenario } from '@/lib/domain/policy/packs';
import { draftOf } from '../../draft-of';
import { RoomTabs } from '../room-tabs';
import { lifetimeWords } from '../words';
import { InstallForm } from './install-form';

export const metadata: Metadata = { title: 'Industry packs' };

export default async function PacksPage() {
  const user = await requireUser('config:read');
  const { live, draft } = await draftOf(user);
  const entities = withDraft(live, draft);
  const mayWrite = mayDo(user, 'config:write');
  return (
    <Page
      title="Industry packs"
      lead="Each scenario of an industry as a use case of its own, with its rules and texts. Installing adds to your draft and changes nothing that exists."
    >
      <RoomTabs current="/config/policies/packs" />
      <div className="grid items-start gap-6 xl:grid-cols-2">
        {PACKS.map((pack) => (
          <PackPanel key={pack.id} pack={pack} entities={entities} live={live} mayWrite={mayWrite} />
        ))}
      </div>
    </Page>
  );
}

type PackProps = { pack: Pack; entities: Entities; live: Entities; mayWrite: boolean };

function PackPanel({ pack, entities, live, mayWrite }: PackProps) {
  const missing = pack.scenarios.filter((scenario) => installedAs(scenario, entities) === null).length;
  return (
    <Panel>
      <section aria-labelledby={`pack-${pack.id}`}>
        <header className="flex items-start gap-4 border-line border-b px-4 py-3">
          <div className="min-w-0 flex-1">
            <h2 id={`pack-${pack.id}`} className="font-medium text-base">
              {pack.name}
            </h2>
            <p className="mt-0.5 text-ink-3 text-xs">{pack.lead}</p>
          </div>
          {mayWrite ? (
            <InstallForm pack={pack.id} name={pack.name} missing={missing} total={pack.scenarios.length} />
          ) : null}
        </header>
        <ul className="divide-y divide-line">
          {pack.scenarios.map((scenario) => (
            <ScenarioRow key={scenario.useCase} scenario={scenario} entities={entities} live={live} />
          ))}
        </ul>
      </section>
    </Panel>
  );
}

function ScenarioRow({ scenario, entities, live }: { scenario: Scenario; entities: Entities; live: Entities }) {
  const { policy, text } = scenario;
  const useCase = installedAs(scenario, entities);
  const isLive = installedAs(scenario, live) !== null;
  return (
    <li className="flex items-start gap-3 px-4 py-3">
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-center gap-x-2 gap-y-1 text-sm">
          {useCase ? (
            <Link href={`/config/policies/${useCase}`} prefetch={false} className="font-medium hover:underline">
              {policy.name}
            </Link>
          ) : (
            <span className="font-medium">{policy.name}</span>
          )}
          <span className="num text-ink-3 text-xs">{useCase ?? scenario.useCase}</span>
        </p>
        <p className="mt-0.5 text-ink-2 text-sm">{scenario.protects}</p>
        <p className="mt-1 flex flex-wrap items-center gap-x-3 gap-y-1 text-ink-3 text-xs">
          <span className="num">{lifetimeWords(policy.lifetimeSeconds)}</span>
          <span className="num">{policy.codeLength} digits</span>
          <span className="num">{policy.checksMax} checks</span>
          {policy.bindsTransaction ? <Badge tone="outline">binds the transaction</Badge> : null}
          {text ? <span>own texts in {Object.keys(PACK_TEXTS[text]).length} languages</span> : null}
        </p>
        {text ? (
          <p className="mt-2 rounded-control bg-sunken px-2.5 py-1.5 text-ink-2 text-xs">{PACK_TEXTS[text].en}</p>
        ) : null}
      </div>
      {useCase ? (
        <Badge tone={isLive ? 'good' : 'accent'}>
          <Check aria-hidden="true" /> {isLive ? 'live' : 'in your draft'}
        </Badge>
      ) : null}
    </li>
  );
}
