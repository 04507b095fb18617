import type { Metadata } from 'next';
import Link from 'next/link';
import { notFound } from 'next/navigation';
import { countryName } from '@/components/console/format';
import { Page } from '@/components/console/shell/shell';
import { ALERT_WORDS } from '@/components/console/words';
import { Panel, PanelHeading } from '@/components/ui/panel';
import { SubmitButton } from '@/components/ui/submit-button';
import { Tabs } from '@/components/ui/tabs';
import { requireUser } from '@/lib/auth/session';
import { ALERT_KINDS } from '@/lib/domain/alerts/rules';
import { isRefusal } from '@/lib/domain/errors';
import { mayDo } from '@/lib/domain/permissions';
import { listDestinations } from '@/lib/operations/alerts/destinations/list';
import { getAlertRule } from '@/lib/operations/alerts/rules/get';
import { currentConfiguration } from '@/lib/operations/configuration/snapshot';
import { removeAlertRule } from '../actions';
import { fieldsOf, KIND_HINTS, NEW_RULE } from '../fields';
import { RuleForm } from '../rule-form';

export const metadata: Metadata = { title: 'Alert rule' };

type Props = { params: Promise<{ rule: string }>; searchParams: Promise<{ kind?: string | string[] }> };

export default async function RulePage({ params, searchParams }: Props) {
  const { rule: id } = await params;
  const isNew = id === 'new';
  const user = await requireUser(isNew ? 'alerts:manage' : 'alerts:read');
  const asked = (await searchParams).kind;
  const [rule, configuration, { destinations }] = await Promise.all([
    isNew
      ? null
      : getAlertRule(user, id).catch((error: unknown) => {
          if (isRefusal(error) && error.code === 'not_found') notFound();
          throw error;
        }),
    currentConfiguration(),
    listDestinations(user),
  ]);
  const kind = rule?.kind ?? ALERT_KINDS.find((known) => known === asked) ?? 'delivery_drop';
  const mayWrite = mayDo(user, 'alerts:manage');
  const countries = [...configuration.routes.keys()]
    .flatMap((scope) => (scope.startsWith('country:') ? [scope.slice(8)] : []))
    .map((country) => ({ id: country, name: countryName(country) }))
    .sort((a, b) => a.name.localeCompare(b.name));

  return (
    <Page
      title={rule ? rule.name : 'A new rule'}
      lead={
        <>
          <Link href="/alerts/rules" className="underline">
            All rules
          </Link>{' '}
          · {KIND_HINTS[kind]}
        </>
      }
    >
      {isNew ? (
        <div className="mb-5 overflow-x-auto">
          <Tabs
            label="Kind of rule"
            tabs={ALERT_KINDS.map((each) => ({
              href: `/alerts/rules/new?kind=${each}`,
              title: ALERT_WORDS[each],
              isCurrent: each === kind,
            }))}
          />
        </div>
      ) : null}
      <div className="max-w-2xl">
        <Panel>
          <PanelHeading title={ALERT_WORDS[kind]} />
          <RuleForm
            key={kind}
            kind={kind}
            rule={rule?.publicId ?? null}
            fields={rule ? fieldsOf(rule) : { name: ALERT_WORDS[kind], ...NEW_RULE[kind] }}
            isEnabled={rule?.enabled ?? true}
            chosen={rule?.destinations ?? []}
            apps={[...configuration.apps.values()].map((app) => ({ id: app.id, name: app.name }))}
            connections={[...configuration.connections.values()].map((each) => ({ id: each.id, name: each.name }))}
            countries={countries}
            destinations={destinations.map((each) => ({ id: each.id, name: each.name }))}
            mayWrite={mayWrite}
          />
        </Panel>
        {rule && mayWrite ? (
          <form action={removeAlertRule} className="mt-4">
            <input type="hidden" name="rule" value={rule.publicId} />
            <SubmitButton tone="danger">Remove the rule</SubmitButton>
          </form>
        ) : null}
      </div>
    </Page>
  );
}
