import { apiCall } from '@/components/charts/api-call';
import { ChartFault } from '@/components/charts/chart-frame';
import { CopyCurl } from '@/components/charts/copy-curl';
import { figure, percent } from '@/components/charts/figure';
import { DeltaText } from '@/components/charts/kpi-tile';
import { MetricTerm } from '@/components/charts/metric-term';
import { DASH } from '@/components/console/format';
import { Panel } from '@/components/ui/panel';
import { Skeleton } from '@/components/ui/skeleton';
import { readSummary } from '@/lib/operations/analytics/summary';
import { ask } from '../ask';
import { beforeWords } from '../before-words';
import type { Asked } from '../parts';
import { hrefWith } from '../search-params';

const TITLE = 'WhatsApp saving';
const METRICS = ['whatsapp_saving', 'all_sms_spend', 'comparable_spend', 'duplicate_spend', 'spend'] as const;

/** What WhatsApp saved against SMS alone, with what is compared on. */
export async function SavingPanel({ asked: { user, path, view, question } }: { asked: Asked }) {
  const asking = await ask(readSummary(user, question, METRICS));
  if ('fault' in asking) {
    return <ChartFault title={TITLE} fault={asking.fault} retryHref={hrefWith(path, view)} />;
  }
  const { answer } = asking;
  const { values, before } = answer;
  const value = values.whatsapp_saving?.value ?? null;
  const [compared, spent] = [values.comparable_spend?.value ?? null, values.spend?.value ?? null];
  return (
    <Panel className="flex min-w-0 flex-col overflow-visible px-4 py-3">
      <h2 className="flex min-h-7 items-center font-medium text-sm">
        <MetricTerm names={['whatsapp_saving', 'all_sms_spend', 'comparable_spend', 'duplicate_spend']}>
          {TITLE}
        </MetricTerm>
      </h2>
      <p className="flex items-baseline gap-3">
        <span className="num text-2xl text-ink">{figure(value, 'micros')}</span>
        <DeltaText
          name="whatsapp_saving"
          after={values.whatsapp_saving}
          before={before?.whatsapp_saving}
          against={beforeWords(question)}
        />
      </p>
      <p className="mt-1 text-ink-2 text-sm">
        {value === null
          ? spent === null
            ? 'Nothing to compare: nothing was sent in this range.'
            : 'Nothing to compare: SMS had no price on any of the routes.'
          : value >= 0
            ? 'less than the same codes and resends over SMS alone would have cost.'
            : 'spent more than the same codes and resends over SMS alone would have cost.'}
      </p>
      <dl className="mt-3 divide-y divide-line border-line border-t text-sm">
        <Line label="Over SMS alone, one each, at the price of the day">
          {figure(values.all_sms_spend?.value ?? null, 'micros')}
        </Line>
        <Line label="What they cost">{figure(compared, 'micros')}</Line>
        <Line label="Duplicates’ money, of all spend">{figure(values.duplicate_spend?.value ?? null, 'micros')}</Line>
        <Line label="Compared on, of all spend">{compared === null || !spent ? DASH : percent(compared / spent)}</Line>
      </dl>
      <div className="mt-auto flex flex-wrap items-center justify-between gap-x-3 pt-2 text-2xs text-ink-3">
        <p>Left out: verifications on whose route SMS had no price, or was no channel.</p>
        <span className="-my-1 ml-auto">
          <CopyCurl query={apiCall(question, { kind: 'summary', metrics: METRICS })} />
        </span>
      </div>
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
