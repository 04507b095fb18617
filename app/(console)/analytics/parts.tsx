import { percent } from '@/components/charts/figure';
import { count } from '@/components/console/format';
import type { UserActor } from '@/lib/auth/session';
import type { Question, Trust } from '@/lib/contract/analytics';
import type { PlainKey } from '@/lib/domain/search/language';
import { DIMENSIONS, type Dimension } from '@/lib/domain/stats/measures';
import type { Metric } from '@/lib/domain/stats/metrics';
import type { Widened } from '@/lib/domain/stats/widened';
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
  widened: Widened | null;
  /** Of whoever looks, where the address names none. */
  viewerZone: string;
  /** What of the address the figures do not follow. */
  notes: string[];
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

/** What a verification is counted under by its first message (DIMENSIONS), a message by itself. */
const FIRST: Partial<Record<Dimension, string>> = {
  channel: 'first_channel',
  connection: 'first_connection',
  template: 'first_template',
};

/**
 * The verifications behind a figure of verifications: the same range, and its filters, values left out as well. Behind a figure of messages those with any
 * message of the kind. `also`: further terms of the list, where no filter has their key.
 */
export function verificationsHref(
  { question }: Pick<Asked, 'question'>,
  more: Partial<Record<Dimension, string>> = {},
  {
    behind = 'verification',
    also = {},
  }: { behind?: Metric['subject']; also?: Partial<Record<PlainKey, string[]>> } = {},
): string {
  const filters = DIMENSIONS.flatMap((dimension) => {
    const chosen = more[dimension];
    const filter = chosen === undefined ? question.filters[dimension] : { values: [chosen], exclude: false };
    const key = (behind !== 'message' && FIRST[dimension]) || dimension;
    return filter ? [[`${filter.exclude ? '-' : ''}${key}`, [...filter.values]] as const] : [];
  });
  return viewHref('/verifications', {
    ...also,
    ...Object.fromEntries(filters),
    range: 'custom',
    from: wallTime(question.from, question.timeZone),
    to: wallTime(question.to, question.timeZone),
    timezone: question.timeZone,
    mode: ['live'],
  });
}

const WIDENED_WORDS: Record<Widened, string> = {
  older_than_92_days: 'Counted in whole days of UTC: what is older than 92 days is kept by the day.',
  kept_by_day: 'Counted in whole days of UTC: of then only days are kept.',
};

/** Why the range is wider than what was asked for, up to when everything is counted, and how many have not ended yet. */
export function Freshness({ trust, timeZone, widened }: { trust: Trust; timeZone: string; widened: Widened | null }) {
  const time = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit', second: '2-digit' });
  return (
    <p className="min-w-0 flex-1 basis-64">
      {widened ? `${WIDENED_WORDS[widened]} ` : null}
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
    </p>
  );
}
