import { apiPath } from '@/components/charts/api-path';
import { ChartFault, ChartFrame } from '@/components/charts/chart-frame';
import { figure, percent } from '@/components/charts/figure';
import { Funnel } from '@/components/charts/funnel';
import { DASH } from '@/components/console/format';
import type { MetricName } from '@/lib/domain/stats/metrics';
import { readSummary } from '@/lib/operations/analytics/summary';
import { ask } from '../analytics/ask';
import { type Asked, hereHref, verificationsHref } from '../analytics/parts';

const STEPS: readonly { name: MetricName; label: string }[] = [
  { name: 'created', label: 'Requested' },
  { name: 'accepted_verifications', label: 'Accepted' },
  { name: 'delivered_verifications', label: 'Delivered' },
  { name: 'read_verifications', label: 'Read' },
  { name: 'checked_verifications', label: 'Checked' },
  { name: 'verified', label: 'Verified' },
];
const BRANCH = ['fallbacks', 'rescues'] as const;
const METRICS: [MetricName, ...MetricName[]] = ['created', ...STEPS.slice(1).map(({ name }) => name), ...BRANCH];

/** How far verifications came, and those that left for another channel on the way. */
export async function FunnelPanel(asked: Asked) {
  const { user, question } = asked;
  const title = 'From request to verified';
  const asking = await ask(readSummary(user, question, METRICS));
  if ('fault' in asking) {
    return <ChartFault title={title} height="tall" fault={asking.fault} retryHref={hereHref(asked)} />;
  }
  const { values, before, trust } = asking.answer;
  const at = (name: MetricName) => values[name]?.value ?? null;
  const [created, verified, fellBack, rescued] = [at('created'), at('verified'), at('fallbacks'), at('rescues')];
  const share = (value: number | null) => (value !== null && created ? percent(value / created) : DASH);
  const rows = [
    ...STEPS,
    { name: BRANCH[0], label: 'Fell back' } as const,
    { name: BRANCH[1], label: 'Rescued' } as const,
  ];
  return (
    <ChartFrame
      title={title}
      metrics={METRICS}
      height="tall"
      sentence={
        created
          ? `${figure(verified, 'count')} of ${figure(created, 'count')} were verified (${share(verified)}); ${figure(fellBack, 'count')} fell back to another channel, which rescued ${figure(rescued, 'count')}. ${(trust.pending ?? 0) > 0 ? 'Some are still under way; read' : 'Read'} receipts exist on WhatsApp alone.`
          : 'No verifications in this range.'
      }
      trust={trust}
      isEmpty={!created}
      query={apiPath(question, { kind: 'summary', metrics: METRICS })}
      table={{
        columns: [
          { label: 'Step' },
          { label: 'Verifications', isNumber: true },
          { label: 'Of requested', isNumber: true },
          ...(before ? [{ label: 'Before', isNumber: true }] : []),
        ],
        rows: rows.map(({ name, label }) => ({
          key: name,
          cells: [
            label,
            figure(at(name), 'count'),
            share(at(name)),
            ...(before ? [figure(before[name]?.value ?? null, 'count')] : []),
          ],
        })),
      }}
    >
      <Funnel
        steps={STEPS.map(({ name, label }) => ({
          key: name,
          label,
          value: at(name),
          href: verificationsHref(asked),
          isAside: name === 'read_verifications',
        }))}
        branch={{ label: 'Fell back', fellBack, rescued }}
      />
    </ChartFrame>
  );
}
