import { apiCall } from '@/components/charts/api-call';
import { ChartFault, ChartFrame } from '@/components/charts/chart-frame';
import { figure, intervalText } from '@/components/charts/figure';
import { sentenceOfRows } from '@/components/charts/sentences';
import { MapLegend, WorldMap } from '@/components/charts/world-map';
import { count, countryName } from '@/components/console/format';
import { type MetricName, metric, unitOf } from '@/lib/domain/stats/metrics';
import { readBreakdown } from '@/lib/operations/analytics/breakdown';
import { ask } from '../ask';
import { orderedBy } from '../ordered-by';
import { type Asked, choosing, hereHref } from '../parts';
import { questionBeside } from '../range';
import { MetricSwitch } from './metric-switch';
import { switchOf } from './splits';

/** More than there are countries with a dialling code. */
const EVERYWHERE = 260;

/** One rate over the world. Countries with fewer than 30 under the rate are not coloured by it. */
export async function MapPanel(asked: Asked) {
  const { user, question, view } = asked;
  const name = switchOf(view);
  const metrics = ['messages', name] as const satisfies readonly MetricName[];
  const beside = questionBeside(question, 'country');
  const asking = await ask(readBreakdown(user, beside, 'country', metrics, EVERYWHERE));
  const title = 'The world';
  if ('fault' in asking) {
    return <ChartFault title={title} metrics={[name]} height="map" fault={asking.fault} retryHref={hereHref(asked)} />;
  }
  const { rows, trust } = orderedBy('messages', asking.answer);
  const { href, standing } = choosing(asked, 'country');
  const unit = unitOf(name);
  const shown = rows.map(({ values }) => {
    const value = values[name];
    return value && !value.isLowSample ? value.value : null;
  });
  return (
    <ChartFrame
      title={title}
      metrics={[name]}
      height="map"
      sentence={sentenceOfRows(
        rows.map(({ key, share, values }) => ({ name: countryName(key), share, value: values[name] })),
        name,
      )}
      trust={trust}
      isEmpty={rows.length === 0}
      query={apiCall(beside, { kind: 'breakdown', metrics, dimension: 'country', limit: EVERYWHERE })}
      aside={<MetricSwitch {...asked} of={title} />}
      legend={<MapLegend values={shown} unit={unit} />}
      table={{
        columns: [
          { label: 'Country' },
          { label: 'Messages', isNumber: true },
          { label: metric(name).label, isNumber: true },
          { label: '95 % interval', isNumber: true },
          { label: 'n', isNumber: true },
        ],
        rows: rows.map(({ key, values }) => {
          const value = values[name];
          return {
            key,
            cells: [
              countryName(key),
              figure(values.messages?.value ?? null, 'count'),
              figure(value?.value ?? null, unit),
              (value && intervalText(value)) ?? '',
              count(value?.n ?? 0),
            ],
          };
        }),
      }}
    >
      <WorldMap
        countries={rows.map(({ key, values }, at) => {
          const value = values[name];
          return {
            code: key,
            value: shown[at] ?? null,
            words: `${countryName(key)}: ${metric(name).label.toLowerCase()} ${figure(value?.value ?? null, unit)}, n ${count(value?.n ?? 0)}${value?.isLowSample ? ', low sample' : ''}`,
            href: href(key),
            standing: standing(key),
          };
        })}
      />
    </ChartFrame>
  );
}
