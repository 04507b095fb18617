import { apiPath } from '@/components/charts/api-path';
import { BarList } from '@/components/charts/bar-list';
import { barRows } from '@/components/charts/bar-rows';
import { ChartFault, ListFrame } from '@/components/charts/chart-frame';
import { DIMENSION_WORDS } from '@/components/charts/dimensions';
import { sentenceOfRows } from '@/components/charts/sentences';
import type { MetricName } from '@/lib/domain/stats/metrics';
import { readBreakdown } from '@/lib/operations/analytics/breakdown';
import { ask } from '../ask';
import { type Asked, choosing, hereHref, verificationsHref } from '../parts';
import { questionBeside } from '../range';
import { splitOf } from './splits';

const METRICS = [
  'messages',
  'message_delivery_rate',
  'failure_rate',
  'unknown_rate',
  'read_rate',
  'time_to_deliver_p50_ms',
] as const satisfies readonly MetricName[];

const ROWS = 25;

/** Which of the list of verifications can be opened by the row. */
const OPENS = ['country', 'channel', 'use_case', 'app'];

/** Messages by one dimension. Asked without the filter on it: what is left out stays there to be taken back. */
export async function ListPanel(asked: Asked) {
  const { user, question, view } = asked;
  const dimension = splitOf(view);
  const title = `By ${DIMENSION_WORDS[dimension].toLowerCase()}`;
  const beside = questionBeside(question, dimension);
  const asking = await ask(readBreakdown(user, beside, dimension, METRICS, ROWS));
  if ('fault' in asking) {
    return <ChartFault title={title} height="tall" fault={asking.fault} retryHref={hereHref(asked)} />;
  }
  const { answer } = asking;
  const rows = barRows(answer, {
    ...choosing(asked, dimension),
    rowsHref: (key) => (OPENS.includes(dimension) ? verificationsHref(asked, { [dimension]: key }) : undefined),
  });
  return (
    <ListFrame
      title={title}
      metrics={METRICS}
      sentence={`${sentenceOfRows(
        rows.map(({ name, share, values }) => ({ name, share, value: values.message_delivery_rate })),
        'message_delivery_rate',
      )}${answer.isTruncated ? ` Only the ${ROWS} largest are listed.` : ''} Choose a row to filter by it, again to leave it out.`}
      trust={answer.trust}
      query={apiPath(beside, { kind: 'breakdown', metrics: METRICS, dimension, limit: ROWS })}
      isEmpty={rows.length === 0}
    >
      <BarList
        label={title}
        heading={DIMENSION_WORDS[dimension]}
        rows={rows}
        metrics={METRICS}
        hasFilter={view[dimension] !== null}
      />
    </ListFrame>
  );
}
