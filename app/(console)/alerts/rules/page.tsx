import { Plus } from 'lucide-react';
import type { Metadata } from 'next';
import Link from 'next/link';
import { count, countryName } from '@/components/console/format';
import { Page } from '@/components/console/shell/shell';
import { ALERT_WORDS, CHANNEL_WORDS } from '@/components/console/words';
import { Badge } from '@/components/ui/badge';
import { buttonStyle } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/empty-state';
import { Panel } from '@/components/ui/panel';
import { Table, TableCell, TableHead, TableHeading, TableRow } from '@/components/ui/table';
import { requireUser } from '@/lib/auth/session';
import { mayDo } from '@/lib/domain/permissions';
import { listAlertRules, type RuleView } from '@/lib/operations/alerts/rules/list';
import { currentConfiguration } from '@/lib/operations/configuration/snapshot';
import { RoomTabs } from '../room-tabs';
import { thresholdWords } from './fields';

export const metadata: Metadata = { title: 'Alert rules' };

export default async function RulesPage() {
  const user = await requireUser('alerts:read');
  const [rules, { apps, connections }] = await Promise.all([listAlertRules(user), currentConfiguration()]);
  const mayManage = mayDo(user, 'alerts:manage');
  const where = (rule: RuleView) =>
    [
      rule.appId && apps.get(rule.appId)?.name,
      rule.country && countryName(rule.country),
      rule.channel && CHANNEL_WORDS[rule.channel],
      rule.connectionId && connections.get(rule.connectionId)?.name,
    ]
      .filter(Boolean)
      .join(' · ') || 'everything';
  const add = mayManage ? (
    <Link href="/alerts/rules/new" className={buttonStyle({ tone: 'primary' })}>
      <Plus aria-hidden="true" className="size-3.5" />
      Add a rule
    </Link>
  ) : null;

  return (
    <Page title="Alerts" lead="What is watched, and from when on it is an alert." aside={add}>
      <RoomTabs current="/alerts/rules" />
      <Panel>
        {rules.length === 0 ? (
          <EmptyState title="Nothing is watched" action={add}>
            Without rules only the storm guard is awake: it opens an alert when receipts stop in every country.
          </EmptyState>
        ) : (
          <Table label="Rules">
            <TableHead>
              <tr>
                <TableHeading>Rule</TableHeading>
                <TableHeading className="hidden lg:table-cell">From when on</TableHeading>
                <TableHeading className="hidden md:table-cell">Looks at</TableHeading>
                <TableHeading className="hidden text-right sm:table-cell">Window</TableHeading>
                <TableHeading className="hidden text-right sm:table-cell">At least</TableHeading>
                <TableHeading className="text-right">State</TableHeading>
              </tr>
            </TableHead>
            <tbody>
              {rules.map((rule) => (
                <TableRow key={rule.id} className="focus-within:bg-hover hover:bg-hover">
                  <TableCell className="py-2">
                    <Link
                      href={`/alerts/rules/${rule.publicId}`}
                      prefetch={false}
                      data-row=""
                      className="row-link font-medium"
                    >
                      {rule.name}
                    </Link>
                    <span className="block text-ink-3 text-xs">{ALERT_WORDS[rule.kind]}</span>
                  </TableCell>
                  <TableCell className="hidden text-ink-2 lg:table-cell">{thresholdWords(rule)}</TableCell>
                  <TableCell className="hidden text-ink-3 md:table-cell">{where(rule)}</TableCell>
                  <TableCell className="num hidden whitespace-nowrap text-right sm:table-cell">
                    {rule.windowMinutes} min
                  </TableCell>
                  <TableCell className="num hidden text-right sm:table-cell">
                    {rule.kind === 'template_not_sendable' ? '–' : count(rule.minimumVolume)}
                  </TableCell>
                  <TableCell className="text-right">
                    <Badge tone={rule.enabled ? 'good' : 'neutral'}>{rule.enabled ? 'on' : 'off'}</Badge>
                  </TableCell>
                </TableRow>
              ))}
            </tbody>
          </Table>
        )}
      </Panel>
      <p className="mt-3 max-w-[75ch] text-ink-3 text-xs">
        Besides these the storm guard is always awake: when receipts stop in every country while sends succeed, from
        every provider or of one connection whose codes people enter all the same, the fault is our own webhook. Timers
        for silence then rest, 15 minutes at most, so that nobody gets two messages.
      </p>
    </Page>
  );
}
