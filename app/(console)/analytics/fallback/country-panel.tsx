import { apiCall } from '@/components/charts/api-call';
import { ChartFault, ListFrame } from '@/components/charts/chart-frame';
import { countryName } from '@/components/console/format';
import {
  FALLBACK_FIGURES,
  type FallbackRow,
  readFallbackByCountry,
} from '@/lib/operations/reports/fallback-by-country';
import { ask } from '../ask';
import { beforeWords } from '../before-words';
import type { Asked } from '../parts';
import { questionBeside } from '../range';
import { hrefCycling, hrefWith, standingOf } from '../search-params';
import { CountryTable } from './country-table';

const TITLE = 'Timers by country';
const ROWS_MAX = 20;
const [, ...EXPLAINED] = FALLBACK_FIGURES;

export async function CountryPanel({ asked: { user, path, view, question } }: { asked: Asked }) {
  const beside = questionBeside(question, 'country');
  const asking = await ask(readFallbackByCountry(user, beside, ROWS_MAX));
  if ('fault' in asking) return <ChartFault title={TITLE} fault={asking.fault} retryHref={hrefWith(path, view)} />;
  const { answer } = asking;
  return (
    <ListFrame
      title={TITLE}
      metrics={EXPLAINED}
      sentence={`${sentenceOf(answer.rows)} Timers are today’s: figures may be older than the last change of one.${answer.isTruncated ? ` The ${ROWS_MAX} largest are shown.` : ''}`}
      trust={answer.trust}
      query={apiCall(beside, { kind: 'breakdown', metrics: FALLBACK_FIGURES, dimension: 'country', limit: ROWS_MAX })}
      isEmpty={answer.rows.length === 0}
      hasIntervals
    >
      <CountryTable
        rows={answer.rows}
        standing={(country) => standingOf(view, 'country', country)}
        against={beforeWords(question)}
        filterHref={(country) => hrefCycling(path, view, 'country', country)}
      />
    </ListFrame>
  );
}

function sentenceOf(rows: readonly FallbackRow[]): string {
  const named = (verdict: FallbackRow['reading']['verdict']) =>
    rows.filter(({ reading }) => reading.verdict === verdict).map(({ key }) => countryName(key));
  const [short, long, few] = [named('too_short'), named('too_long'), named('low_sample')];
  const parts = [
    short.length > 0 ? `Too short in ${listed(short)}` : null,
    long.length > 0 ? `longer than needed in ${listed(long)}` : null,
    few.length > 0 ? `too few to say in ${few.length === 1 ? listed(few) : `${few.length} countries`}` : null,
  ].filter((part) => part !== null);
  if (rows.length === 0) return 'Nothing was sent in this range.';
  if (short.length === 0 && long.length === 0 && few.length === 0) return 'No timer stands out.';
  const text = parts.join('; ');
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

function listed(names: readonly string[]): string {
  if (names.length > 4) return `${names.slice(0, 3).join(', ')} and ${names.length - 3} more`;
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
