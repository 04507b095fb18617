import Link from 'next/link';
import { apiCall } from '@/components/charts/api-call';
import { ChartFault, ListFrame } from '@/components/charts/chart-frame';
import { valueWords } from '@/components/charts/dimensions';
import { figure, percent } from '@/components/charts/figure';
import { DeltaText } from '@/components/charts/kpi-tile';
import { MetricTerm } from '@/components/charts/metric-term';
import { classNames } from '@/components/ui/class-names';
import { Table, TableCell, TableHead, TableHeading, TableRow } from '@/components/ui/table';
import type { BreakdownRow } from '@/lib/contract/analytics';
import { FAILURE_REASONS, type FailureReason } from '@/lib/domain/message/reasons';
import { readBreakdown } from '@/lib/operations/analytics/breakdown';
import { readSummary } from '@/lib/operations/analytics/summary';
import { ask } from '../ask';
import { beforeWords } from '../before-words';
import { type Asked, choosing, hereHref } from '../parts';
import { questionBeside } from '../range';

type Group = 'recipient' | 'provider' | 'ours';

/** Whose matter a failure is, and what to do about it. */
const GROUPS: Record<Group, { title: string; advice: string }> = {
  ours: { title: 'Ours', advice: 'Repair our setup: templates, senders, access' },
  provider: { title: 'The provider', advice: 'Wait, or send over another connection' },
  recipient: { title: 'The phone', advice: 'Nothing but another channel helps' },
};

const isKnown = (key: string): key is FailureReason => key in FAILURE_REASONS;

/** Why messages failed, by what can be done about it; and, apart from them, those of which nobody said anything. */
export async function ReasonsPanel(asked: Asked) {
  const { user, question, view } = asked;
  const title = 'Why messages fail';
  const beside = questionBeside(question, 'reason');
  const metrics = ['failed_messages'] as const;
  const [reasons, all] = await Promise.all([
    ask(readBreakdown(user, beside, 'reason', metrics, 50)),
    ask(readSummary(user, beside, ['messages', 'failed_messages', 'unknown_messages', 'unknown_rate'])),
  ]);
  if ('fault' in reasons || 'fault' in all) {
    const fault = 'fault' in reasons ? reasons.fault : 'fault' in all ? all.fault : '';
    return <ChartFault title={title} metrics={metrics} height="tall" fault={fault} retryHref={hereHref(asked)} />;
  }
  const { values, before, trust } = all.answer;
  const failed = values.failed_messages?.value ?? 0;
  const unknown = values.unknown_messages?.value ?? null;
  const rows = reasons.answer.rows.filter(
    ({ key, values: row }) => isKnown(key) && (row.failed_messages?.value ?? 0) > 0,
  );
  const countOf = (group: readonly BreakdownRow[]) =>
    group.reduce((sum, { values: row }) => sum + (row.failed_messages?.value ?? 0), 0);
  const groups = (Object.keys(GROUPS) as Group[])
    .map((group) => ({ group, rows: rows.filter(({ key }) => isKnown(key) && FAILURE_REASONS[key].group === group) }))
    .filter((each) => each.rows.length > 0)
    .toSorted((a, b) => countOf(b.rows) - countOf(a.rows));
  const [largest] = rows.toSorted(
    (a, b) => (b.values.failed_messages?.value ?? 0) - (a.values.failed_messages?.value ?? 0),
  );
  const { href, standing } = choosing(asked, 'reason');
  return (
    <ListFrame
      title={title}
      metrics={['failed_messages', 'unknown_messages']}
      sentence={
        largest
          ? `${figure(failed, 'count')} messages failed, most often: ${valueWords('reason', largest.key).toLowerCase()} (${percent((largest.values.failed_messages?.value ?? 0) / Math.max(1, failed))}). Of ${figure(unknown, 'count')} nobody said anything; they are not among the failed.`
          : `No message failed. Of ${figure(unknown, 'count')} nobody said anything.`
      }
      trust={trust}
      query={apiCall(beside, { kind: 'breakdown', metrics, dimension: 'reason', limit: 50 })}
    >
      <Table label={title}>
        <TableHead>
          <tr>
            <TableHeading className="w-full">Reason</TableHeading>
            <TableHeading className="text-right">
              <MetricTerm names={metrics}>Failed</MetricTerm>
            </TableHeading>
            <TableHeading className="text-right">Of all failed</TableHeading>
            <TableHeading className="text-right max-sm:hidden">Against before</TableHeading>
          </tr>
        </TableHead>
        {groups.map(({ group, rows: own }) => (
          <tbody key={group}>
            <tr className="border-line border-b bg-sunken">
              <th scope="rowgroup" colSpan={4} className="px-4 py-1.5 text-left font-medium text-xs">
                {GROUPS[group].title}
                <span className="ml-2 font-normal text-ink-3">
                  {GROUPS[group].advice} · <span className="num">{figure(countOf(own), 'count')}</span>
                </span>
              </th>
            </tr>
            {own.map(({ key, values: row, before: was }) => (
              <TableRow
                key={key}
                data-standing={standing(key)}
                className={classNames(
                  'focus-within:bg-hover hover:bg-hover',
                  standing(key) === 'included' && 'bg-accent-soft hover:bg-accent-soft',
                )}
              >
                <TableCell className="relative">
                  <span
                    aria-hidden="true"
                    className="absolute inset-y-1 left-2 rounded-tag bg-bad-soft"
                    style={{
                      width: `calc(${(((row.failed_messages?.value ?? 0) / Math.max(1, failed)) * 100).toFixed(2)}% - 1rem)`,
                    }}
                  />
                  <span className="relative flex">
                    <Link
                      href={href(key)}
                      scroll={false}
                      prefetch={false}
                      data-row=""
                      className={classNames('row-link', standing(key) === 'excluded' && 'line-through')}
                    >
                      {valueWords('reason', key)}
                    </Link>
                  </span>
                </TableCell>
                <TableCell className="num text-right">{figure(row.failed_messages?.value ?? null, 'count')}</TableCell>
                <TableCell className="num text-right text-ink-2">
                  {percent((row.failed_messages?.value ?? 0) / Math.max(1, failed))}
                </TableCell>
                <TableCell className="text-right max-sm:hidden">
                  <DeltaText
                    name="failed_messages"
                    after={row.failed_messages}
                    before={was?.failed_messages}
                    against={beforeWords(question)}
                  />
                </TableCell>
              </TableRow>
            ))}
          </tbody>
        ))}
        <tbody>
          <tr className="border-line border-b bg-sunken">
            <th scope="rowgroup" colSpan={4} className="px-4 py-1.5 text-left font-medium text-xs">
              Unknown
              <span className="ml-2 font-normal text-ink-3">
                Nobody said delivered or failed: silence is not failure
              </span>
            </th>
          </tr>
          <TableRow>
            <TableCell>
              <MetricTerm names={['unknown_messages', 'unknown_rate']}>Neither delivered nor failed</MetricTerm>
            </TableCell>
            <TableCell className="num text-right">{figure(unknown, 'count')}</TableCell>
            <TableCell className="num text-right text-ink-2">
              {figure(values.unknown_rate?.value ?? null, 'share')}
              <span className="block text-2xs text-ink-3">of {figure(values.unknown_rate?.n ?? null, 'count')}</span>
            </TableCell>
            <TableCell className="text-right max-sm:hidden">
              <DeltaText
                name="unknown_messages"
                after={values.unknown_messages}
                before={before?.unknown_messages}
                against={beforeWords(question)}
              />
            </TableCell>
          </TableRow>
        </tbody>
      </Table>
      {view.reason ? (
        <p className="px-4 py-2 text-ink-3 text-xs">The other panels show messages with the chosen reason only.</p>
      ) : null}
    </ListFrame>
  );
}
