import { apiCall } from '@/components/charts/api-call';
import { ChartFault, ListFrame } from '@/components/charts/chart-frame';
import { figure, percent } from '@/components/charts/figure';
import { FigureList, type FigureRow } from '@/components/charts/figure-list';
import type { MetricName } from '@/lib/domain/stats/metrics';
import { readSummary } from '@/lib/operations/analytics/summary';
import { ask } from '../analytics/ask';
import { beforeWords } from '../analytics/before-words';
import { type Asked, hereHref, verificationsHref } from '../analytics/parts';

export const ENDS_TITLES = ['How verifications end', 'What goes wrong on the way'] as const;
const ENDS = [
  'conversion',
  'expired_rate',
  'locked_rate',
  'undeliverable_rate',
  'canceled_rate',
] as const satisfies readonly MetricName[];
const WAY = [
  'blocked',
  'block_rate',
  'resend_rate',
  'wrong_code_rate',
  'late_rate',
] as const satisfies readonly MetricName[];

/** Every end with its share of all, and what goes wrong before: requests refused, codes asked for again, mistyped, too late. */
export async function EndsPanels(asked: Asked) {
  const { user, question } = asked;
  const [ends, way] = ENDS_TITLES;
  const asking = await ask(readSummary(user, question, [...ENDS, ...WAY]));
  if ('fault' in asking) {
    return (
      <>
        <ChartFault title={ends} metrics={ENDS} fault={asking.fault} retryHref={hereHref(asked)} />
        <ChartFault title={way} metrics={WAY} fault={asking.fault} retryHref={hereHref(asked)} />
      </>
    );
  }
  const { values, before, trust } = asking.answer;
  const row = (name: MetricName, label: string, of?: string, status?: string): FigureRow => ({
    key: name,
    label,
    name,
    value: values[name],
    before: before?.[name],
    ...(of ? { of } : {}),
    ...(status ? { href: verificationsHref(asked, {}, { also: { status: [status] } }) } : {}),
  });
  const ended = values.conversion?.n ?? 0;
  const at = (name: MetricName) => values[name]?.value ?? null;
  const against = beforeWords(question);
  return (
    <>
      <ListFrame
        title={ends}
        metrics={ENDS}
        sentence={
          ended > 0
            ? `Of ${figure(ended, 'count')} that have ended ${percent(at('conversion'))} were verified.`
            : trust.created === null
              ? 'Messages have failure reasons, verifications have none: with that filter there are no ends to tell.'
              : 'Nothing has ended in this range.'
        }
        trust={trust}
        query={apiCall(question, { kind: 'summary', metrics: ENDS })}
      >
        <FigureList
          label={ends}
          heading="End"
          against={against}
          rows={[
            row('conversion', 'Verified', 'ended', 'approved'),
            row('expired_rate', 'Expired', 'ended', 'expired'),
            row('locked_rate', 'Locked', 'ended', 'locked'),
            row('undeliverable_rate', 'Undeliverable', 'ended', 'undeliverable'),
            row('canceled_rate', 'Canceled', 'ended', 'canceled'),
          ]}
        />
      </ListFrame>
      <ListFrame
        title={way}
        metrics={WAY}
        sentence={
          at('blocked') === null
            ? 'Requests that were refused are kept by app, country and use case alone: with another filter they are a dash.'
            : `${refusedText(at('blocked'), at('block_rate'))}; ${percent(at('wrong_code_rate'))} of the codes that were entered were wrong.`
        }
        trust={trust}
        query={apiCall(question, { kind: 'summary', metrics: WAY })}
      >
        <FigureList
          label={way}
          heading="What"
          against={against}
          rows={[
            row('blocked', 'Requests blocked'),
            row('block_rate', 'Block rate', 'requests'),
            row('resend_rate', 'Asked for again', 'ended'),
            row('wrong_code_rate', 'Wrong codes', 'codes entered'),
            row('late_rate', 'Entered too late', 'expired'),
          ]}
        />
      </ListFrame>
    </>
  );
}

function refusedText(blocked: number | null, rate: number | null): string {
  if (blocked === 0) return 'No request was refused by a limit or a block';
  return `${figure(blocked, 'count')} requests were refused by a limit or a block (${percent(rate)})`;
}
