import { ChartFault } from '@/components/charts/chart-frame';
import { figure } from '@/components/charts/figure';
import { DeltaText } from '@/components/charts/kpi-tile';
import { MetricTerm } from '@/components/charts/metric-term';
import { count } from '@/components/console/format';
import { Panel } from '@/components/ui/panel';
import { Skeleton } from '@/components/ui/skeleton';
import { readSummary } from '@/lib/operations/analytics/summary';
import { ask } from '../ask';
import type { Asked } from '../parts';
import { hrefWith } from '../search-params';

/** What WhatsApp saved against SMS alone, with what is compared on. */
export async function SavingPanel({ asked: { user, path, view, question } }: { asked: Asked }) {
  const asking = await ask(readSummary(user, question, ['whatsapp_saving', 'spend', 'duplicate_spend']));
  if ('fault' in asking) {
    return <ChartFault title="WhatsApp saving" fault={asking.fault} retryHref={hrefWith(path, view)} />;
  }
  const { answer } = asking;
  const saving = answer.values.whatsapp_saving;
  const value = saving?.value ?? null;
  const created = answer.trust.created;
  return (
    <Panel className="flex flex-col overflow-visible px-4 py-3">
      <h2 className="flex min-h-7 items-center font-medium text-sm">
        <MetricTerm names={['whatsapp_saving', 'duplicate_spend']}>WhatsApp saving</MetricTerm>
      </h2>
      <p className="flex items-baseline gap-3">
        <span className="num text-2xl text-ink">{figure(value, 'micros')}</span>
        <DeltaText name="whatsapp_saving" after={saving} before={answer.before?.whatsapp_saving} />
      </p>
      <p className="mt-1 text-ink-2 text-sm">
        {value === null
          ? 'Nothing to compare: no SMS price was on the route of any of these verifications.'
          : value >= 0
            ? 'less than the same codes and resends over SMS alone would have cost.'
            : 'spent more than the same codes and resends over SMS alone would have cost.'}
      </p>
      <dl className="mt-3 divide-y divide-line border-line border-t text-sm">
        <Line label="Compared on">
          {saving && created > 0 ? `${count(saving.n)} of ${count(created)} verifications` : figure(null, 'count')}
        </Line>
        <Line label="Left out">SMS price was not on the route</Line>
        <Line label="Counted against it">
          duplicates, {figure(answer.values.duplicate_spend?.value ?? null, 'micros')}
        </Line>
        <Line label="SMS would cost">today’s codes and resends, one SMS each, at the price of their day</Line>
      </dl>
    </Panel>
  );
}

function Line({ label, children }: { label: string; children: React.ReactNode }) {
  return (
    <div className="flex min-h-8 flex-wrap items-center justify-between gap-x-4">
      <dt className="text-ink-3 text-xs">{label}</dt>
      <dd className="num text-right text-xs">{children}</dd>
    </div>
  );
}

export function SavingSkeleton() {
  return (
    <Panel role="status" aria-label="Loading the saving" className="min-h-72 px-4 py-3">
      <div className="flex min-h-7 items-center font-medium text-sm">WhatsApp saving</div>
      <Skeleton className="mt-2 h-6 w-32" />
    </Panel>
  );
}
