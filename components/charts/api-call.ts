import type { Interval, Question } from '@/lib/contract/analytics';
import { DIMENSIONS, type Dimension, type Duration } from '@/lib/domain/stats/measures';
import type { MetricName } from '@/lib/domain/stats/metrics';
import { publicTemplate } from '@/lib/domain/template/key';

/**
 * A call of the API, and whose figures the console shows where it is copied: a key sees its own app alone, so that the path names none. `note`: what else
 * differs from what is shown.
 */
export type ApiCall = { path: string; apps: 'all' | 'chosen'; note?: string };

type Call =
  | { kind: 'summary'; metrics: readonly MetricName[] }
  | {
      kind: 'timeseries';
      metrics: readonly MetricName[];
      interval?: Interval | undefined;
      groupBy?: Dimension | undefined;
    }
  | { kind: 'breakdown'; metrics: readonly MetricName[]; dimension: Dimension; limit?: number }
  | { kind: 'movers'; metric: MetricName }
  | { kind: 'durations'; duration: Duration }
  | { kind: 'heatmap'; metrics: readonly MetricName[] };

/** The API call with the same answer, of the key's own app. */
export function apiCall(question: Question, call: Call): ApiCall {
  const params: [string, string][] = [
    ['from', question.from.toISOString()],
    ['to', question.to.toISOString()],
    ['timezone', question.timeZone],
  ];
  // Histograms and hours of the week stand for themselves.
  if (call.kind !== 'durations' && call.kind !== 'heatmap') params.push(['compare', question.compare]);
  if ('metrics' in call) params.push(['metrics', call.metrics.join(',')]);
  else if (call.kind === 'movers') params.push(['metric', call.metric]);
  else params.push(['duration', call.duration]);
  for (const dimension of DIMENSIONS) {
    const filter = question.filters[dimension];
    if (!filter || dimension === 'app') continue;
    const values = filter.values.map((value) =>
      dimension === 'connection' ? publicConnection(value) : dimension === 'template' ? publicTemplate(value) : value,
    );
    params.push([dimension, `${filter.exclude ? '-' : ''}${values.join(',')}`]);
  }
  if (call.kind === 'timeseries') {
    if (call.interval) params.push(['interval', call.interval]);
    if (call.groupBy) params.push(['group_by', call.groupBy]);
  }
  if (call.kind === 'breakdown') {
    params.push(['dimension', call.dimension]);
    if (call.limit) params.push(['limit', String(call.limit)]);
  }
  // A quote would end the shell's string: it is the one character encodeURIComponent leaves alone that matters here.
  const encoded = (text: string) => encodeURIComponent(text).replaceAll("'", '%27').replaceAll('%2C', ',');
  const query = params.map(([key, value]) => `${key}=${encoded(value)}`).join('&');
  return { path: `/api/v1/analytics/${call.kind}?${query}`, apps: question.filters.app ? 'chosen' : 'all' };
}

/** The console knows connections by uuid, the API by their public id. */
const publicConnection = (uuid: string) => `con_${uuid.replaceAll('-', '')}`;
