import { percent } from '@/components/charts/figure';
import { count } from '@/components/console/format';
import type { UserActor } from '@/lib/auth/session';
import type { Question, Trust } from '@/lib/contract/analytics';
import { DIMENSIONS, type Dimension } from '@/lib/domain/stats/measures';
import type { Widening } from '@/lib/domain/stats/time-steps';
import { wallTime } from '../verifications/range';
import { viewHref } from '../verifications/search-params';
import { type AnalyticsView, hrefCycling, hrefWith, standingOf } from './search-params';

/** What every panel of a room is given. */
export type Asked = {
  user: UserActor;
  path: string;
  view: AnalyticsView;
  question: Question;
  /** Why the question is of whole days of UTC; null: it is not. */
  widened: Widening | null;
  /** Of the list of verifications, which reads custom ranges in the viewer's own zone. */
  viewerZone: string;
};

/** The room again, as it stands: for "ask again" after a fault. */
export const hereHref = ({ path, view }: Asked) => hrefWith(path, view);

/** What a row, bar or country of a dimension does when it is chosen. */
export function choosing({ path, view }: Asked, dimension: Dimension) {
  return {
    href: (key: string) => hrefCycling(path, view, dimension, key),
    standing: (key: string) => standingOf(view, dimension, key),
  };
}

/** The verifications behind a figure: the same range, and its filters, values left out as well. */
export function verificationsHref(
  { question, viewerZone }: Pick<Asked, 'question' | 'viewerZone'>,
  more: Partial<Record<Dimension, string>> = {},
): string {
  const filters = DIMENSIONS.flatMap((dimension) => {
    const chosen = more[dimension];
    const filter = chosen === undefined ? question.filters[dimension] : { values: [chosen], exclude: false };
    return filter ? [[`${filter.exclude ? '-' : ''}${dimension}`, [...filter.values]] as const] : [];
  });
  return viewHref('/verifications', {
    ...Object.fromEntries(filters),
    range: 'custom',
    from: wallTime(question.from, viewerZone),
    to: wallTime(question.to, viewerZone),
    mode: ['live'],
  });
}

const WIDENED: Readonly<Record<Widening, string>> = {
  older_than_92_days: 'of more than 92 days ago only days are kept',
  before_upgrade: 'of before the upgrade of this installation only days are kept',
};

/** Of a range with whole days of UTC: `from 5 Aug 2026 on`, or both days where it ends with one. */
function daysOf({ from, to }: Pick<Trust, 'from' | 'to'>): string {
  const day = new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', day: 'numeric', month: 'short', year: 'numeric' });
  const endsWithDay = to.getTime() % 86_400_000 === 0;
  return endsWithDay ? `${day.format(from)} to ${day.format(to.getTime() - 1)}` : `from ${day.format(from)} on`;
}

/** Up to when everything is counted, how many have not ended yet, and why the range is wider than what was asked for. */
export function Freshness({ trust, timeZone, widened }: { trust: Trust; timeZone: string; widened: Widening | null }) {
  const time = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit', second: '2-digit' });
  return (
    <p className="min-w-0 flex-1 basis-64">
      Everything up to <span className="num">{time.format(trust.countedUntil)}</span> is counted.{' '}
      {trust.created === null || trust.pending === null ? (
        'Messages have failure reasons, verifications have none: with a filter on the reason, figures of verifications are a dash.'
      ) : trust.created === 0 ? (
        'Nothing was asked for in this range.'
      ) : trust.pending === 0 ? (
        <>
          All <span className="num">{count(trust.created)}</span> verifications have ended.
        </>
      ) : (
        <>
          <span className="num">{count(trust.pending)}</span> of <span className="num">{count(trust.created)}</span>{' '}
          verifications ({percent(trust.pending / trust.created)}) have not ended yet: rates leave them out.
        </>
      )}{' '}
      Test traffic is never counted.
      {widened ? (
        <>
          {' '}
          Counted in whole days of UTC, <span className="num">{daysOf(trust)}</span>: {WIDENED[widened]}.
        </>
      ) : null}
    </p>
  );
}
