import Link from 'next/link';
import { apiCall } from '@/components/charts/api-call';
import { ChartFault, ChartFrame } from '@/components/charts/chart-frame';
import { figure, percent } from '@/components/charts/figure';
import { Funnel } from '@/components/charts/funnel';
import { DASH } from '@/components/console/format';
import { CHANNELS } from '@/lib/domain/channel';
import { FALLBACK_CAUSES } from '@/lib/domain/search/language';
import type { MetricName } from '@/lib/domain/stats/metrics';
import { readSummary } from '@/lib/operations/analytics/summary';
import { ask } from '../analytics/ask';
import { type Asked, hereHref, verificationsHref } from '../analytics/parts';

type Step = {
  name: MetricName;
  label: string;
  /** What the list of verifications is held to behind the step; absent where it has no such filter. */
  rows?: NonNullable<NonNullable<Parameters<typeof verificationsHref>[2]>['also']>;
};

const STEPS: readonly Step[] = [
  { name: 'created', label: 'Requested', rows: {} },
  { name: 'accepted_verifications', label: 'Accepted' },
  { name: 'delivered_verifications', label: 'Delivered' },
  { name: 'read_verifications', label: 'Read' },
  { name: 'checked_verifications', label: 'Checked' },
  { name: 'verified', label: 'Verified', rows: { status: ['approved'] } },
];
const FELL_BACK = {
  first_channel: ['whatsapp'],
  channel: CHANNELS.filter((channel) => channel !== 'whatsapp'),
  cause: FALLBACK_CAUSES.filter((cause) => cause !== 'none'),
};
const BRANCH = [
  { name: 'fallbacks', label: 'Fell back', rows: FELL_BACK },
  { name: 'rescues', label: 'Rescued', rows: { ...FELL_BACK, status: ['approved'] } },
] as const satisfies readonly Step[];
const ROWS: readonly Step[] = [...STEPS, ...BRANCH];
const METRICS: [MetricName, ...MetricName[]] = ['created', ...ROWS.slice(1).map(({ name }) => name), 'conversion'];

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
  const rowsHref = ({ rows }: Step) => (rows ? verificationsHref(asked, {}, { also: rows }) : undefined);
  return (
    <ChartFrame
      title={title}
      metrics={METRICS}
      height="tall"
      sentence={
        created
          ? `${figure(verified, 'count')} of ${figure(created, 'count')} were verified, ${percent(values.conversion?.value ?? null)} of those that have ended; ${figure(fellBack, 'count')} fell back to another channel, which rescued ${figure(rescued, 'count')}. Shares are of all requested${trust.pending ? `, ${figure(trust.pending, 'count')} still pending included` : ''}. Read receipts exist on WhatsApp alone.`
          : 'No verifications in this range.'
      }
      isEmpty={!created}
      query={apiCall(question, { kind: 'summary', metrics: METRICS })}
      table={{
        columns: [
          { label: 'Step' },
          { label: 'Verifications', isNumber: true },
          { label: 'Of all requested', isNumber: true },
          ...(before ? [{ label: 'Before', isNumber: true }] : []),
        ],
        rows: ROWS.map((step) => ({
          key: step.name,
          cells: [
            <StepName key="name" label={step.label} href={rowsHref(step)} />,
            figure(at(step.name), 'count'),
            share(at(step.name)),
            ...(before ? [figure(before[step.name]?.value ?? null, 'count')] : []),
          ],
        })),
      }}
    >
      <Funnel
        steps={STEPS.map((step) => ({
          key: step.name,
          label: step.label,
          value: at(step.name),
          href: rowsHref(step),
          isAside: step.name === 'read_verifications',
        }))}
        branch={{ label: 'Fell back', fellBack, rescued, href: rowsHref(BRANCH[0]) }}
      />
    </ChartFrame>
  );
}

/** The picture is hidden from screen readers and keyboards: here its steps lead on. */
function StepName({ label, href }: { label: string; href: string | undefined }) {
  if (!href) return label;
  return (
    <Link
      href={href}
      prefetch={false}
      className="underline decoration-line-strong underline-offset-2 hover:decoration-ink-3"
    >
      {label}
      <span className="sr-only"> in the list of verifications</span>
    </Link>
  );
}
