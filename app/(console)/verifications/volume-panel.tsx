import Link from 'next/link';
import { ChartFrame, ChartSkeleton } from '@/components/charts/chart-frame';
import { TimePicture } from '@/components/charts/lazy';
import { type ChartMark, marksOn, type TimeChart } from '@/components/charts/model';
import { timeTable } from '@/components/charts/tables';
import { count, DASH, dateTime } from '@/components/console/format';
import { STATUS_WORDS } from '@/components/console/words';
import { classNames } from '@/components/ui/class-names';
import { Panel } from '@/components/ui/panel';
import { Skeleton } from '@/components/ui/skeleton';
import type { UserActor } from '@/lib/auth/session';
import { isRefusal } from '@/lib/domain/errors';
import { VERIFICATION_STATUSES, type VerificationStatus } from '@/lib/domain/verification/states';
import type { HistogramBucket } from '@/lib/operations/verifications/explore';
import { verificationVolume } from '@/lib/operations/verifications/explore';
import { marksFor } from '../analytics/marks';
import { listCall } from './list-call';
import { queryOf, rangeOf } from './query';
import { RANGE_WORDS } from './range';
import { hrefWith, type View } from './search-params';
import { chosen } from './terms';

const STATUS_INK: Record<VerificationStatus, string> = {
  approved: 'var(--good-mark)',
  pending: 'var(--wait-mark)',
  expired: 'var(--mute-mark)',
  canceled: 'var(--line-strong)',
  locked: 'var(--warn-mark)',
  undeliverable: 'var(--bad-mark)',
};
const TITLE = 'How many, and how they ended';
const ORDER: VerificationStatus[] = ['approved', 'pending', 'expired', 'canceled', 'locked', 'undeliverable'];

/** How many, and how they ended: a chip per status that filters the list, and the same over time. */
export async function VolumePanel({
  user,
  view,
  timeZone,
  now,
}: {
  user: UserActor;
  view: View;
  timeZone: string;
  now: Date;
}) {
  const { query, endings } = queryOf(view, now, timeZone);
  const everyStatus = { ...query, terms: query.terms.filter(({ key, isExcluded }) => key !== 'status' || isExcluded) };
  const answer =
    endings === null
      ? 'unreadable'
      : await verificationVolume(user, everyStatus).catch((error: unknown) => {
          if (isRefusal(error) && error.code !== 'forbidden') return 'unreadable' as const;
          throw error;
        });
  if (answer === 'unreadable') return null;
  if (!answer) return <TooMany />;

  const { buckets, bucketSeconds } = answer;
  const totals = Object.fromEntries(
    VERIFICATION_STATUSES.map((status) => [status, buckets.reduce((sum, bucket) => sum + bucket.counts[status], 0)]),
  ) as Record<VerificationStatus, number>;
  const total = Object.values(totals).reduce((sum, n) => sum + n, 0);
  const wanted = chosen(view, 'status');
  const shown = wanted.length > 0 ? ORDER.filter((status) => wanted.includes(status)) : ORDER;
  const drawn = shown.reduce((sum, status) => sum + totals[status], 0);
  const ends = { from: query.createdAfter ?? now, to: query.createdBefore ?? now };
  const starts = buckets.map(({ bucketStart }) => bucketStart);
  const chart = chartOf(buckets, bucketSeconds, shown, ends, timeZone);
  const marks: ChartMark[] = drawn > 0 ? marksOn(starts, ends, await marksFor(user, ends), timeZone) : [];

  return (
    <>
      <Panel className="mb-4">
        <nav aria-label="Filter by status" className="flex gap-1 overflow-x-auto p-1.5">
          <Chip href={hrefWith(view, { status: [] })} isOn={wanted.length === 0} label="All" n={total} share={null} />
          {ORDER.map((status) => {
            const isOn = wanted.includes(status);
            const next = isOn ? wanted.filter((each) => each !== status) : [...wanted, status];
            return (
              <Chip
                key={status}
                href={hrefWith(view, { status: next })}
                isOn={isOn}
                label={STATUS_WORDS[status]}
                ink={STATUS_INK[status]}
                n={totals[status]}
                share={total > 0 ? totals[status] / total : null}
              />
            );
          })}
        </nav>
      </Panel>
      {drawn > 0 ? (
        <ChartFrame
          title={TITLE}
          height="low"
          className="mb-4"
          sentence={summarise(buckets, shown, RANGE_WORDS[rangeOf(view)].toLowerCase())}
          table={timeTable(chart)}
          marks={marks}
          query={listCall(query)}
        >
          <TimePicture chart={{ ...chart, marks }} kind="layers" />
        </ChartFrame>
      ) : null}
    </>
  );
}

/** The counts as layers, in the order in which the chips above name them: they are its legend. */
function chartOf(
  buckets: readonly HistogramBucket[],
  bucketSeconds: number,
  statuses: readonly VerificationStatus[],
  { from, to }: { from: Date; to: Date },
  timeZone: string,
): TimeChart {
  const [first, last] = [buckets[0], buckets.at(-1)];
  const partial = [
    ...(first && first.bucketStart < from ? [0] : []),
    ...(last && last.bucketStart.getTime() + bucketSeconds * 1000 > to.getTime() ? [buckets.length - 1] : []),
  ];
  return {
    unit: 'count',
    at: buckets.map(
      ({ bucketStart }, at) => `${dateTime(bucketStart, timeZone)}${partial.includes(at) ? ', in part' : ''}`,
    ),
    tick: buckets.map(({ bucketStart }) => tickOf(bucketStart, bucketSeconds, timeZone)),
    partial,
    series: statuses.map((status, look) => {
      const values = buckets.map(({ counts }) => counts[status]);
      return { key: status, name: STATUS_WORDS[status], ink: STATUS_INK[status], look, values, n: values };
    }),
    marks: [],
  };
}

/** Counting all of them would hold the database for longer than a page may. */
function TooMany() {
  return (
    <Panel className="mb-4 flex h-[3.55rem] items-center gap-3 px-4">
      <span className="num text-base text-ink-3">{DASH}</span>
      <p className="text-ink-2 text-sm">
        Too many to count at once under these filters. Choose a shorter range, or one app. The list below is complete.
      </p>
    </Panel>
  );
}

function Chip({
  href,
  isOn,
  label,
  ink,
  n,
  share,
}: {
  href: string;
  isOn: boolean;
  label: string;
  ink?: string;
  n: number;
  share: number | null;
}) {
  return (
    <Link
      href={href}
      scroll={false}
      prefetch={false}
      aria-current={isOn ? 'true' : undefined}
      className={classNames(
        'flex min-w-24 shrink-0 flex-col rounded-control px-2.5 py-1.5 transition-colors duration-100',
        isOn ? 'bg-sunken shadow-[inset_0_0_0_1px_var(--line-strong)]' : 'hover:bg-hover',
      )}
    >
      <span className="flex items-center gap-1.5 text-ink-3 text-xs">
        {ink ? <span className="size-2 rounded-[2px]" style={{ background: ink }} /> : null}
        {label}
      </span>
      <span className="flex items-baseline gap-1.5">
        <span className={classNames('num text-base', n === 0 ? 'text-ink-3' : 'font-medium text-ink')}>{count(n)}</span>
        {share === null ? null : (
          <span className="num text-2xs text-ink-3">
            {n === 0 ? DASH : `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`}
          </span>
        )}
      </span>
    </Link>
  );
}

/** Days on long ranges, weekdays with the hour on middling ones, the hour alone on short ones. */
function tickOf(at: Date, bucketSeconds: number, timeZone: string): string {
  const hour: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit' };
  const options: Intl.DateTimeFormatOptions =
    bucketSeconds >= 21_600
      ? { day: 'numeric', month: 'short' }
      : bucketSeconds > 3600
        ? { weekday: 'short', ...hour }
        : hour;
  return new Intl.DateTimeFormat('en-GB', { timeZone, ...options }).format(at);
}

/** Of what is drawn: the chips above tell the rest. */
function summarise(buckets: HistogramBucket[], shown: readonly VerificationStatus[], range: string): string {
  const drawn = (counts: HistogramBucket['counts']) => shown.reduce((sum, status) => sum + counts[status], 0);
  const busiest = Math.max(...buckets.map(({ counts }) => drawn(counts)));
  const total = buckets.reduce((sum, { counts }) => sum + drawn(counts), 0);
  const said = shown.flatMap((status) => {
    const n = buckets.reduce((sum, { counts }) => sum + counts[status], 0);
    return n > 0 ? [`${count(n)} ${STATUS_WORDS[status].toLowerCase()}`] : [];
  });
  return `${count(total)} verifications (${range}): ${said.join(', ')}. The busiest bar holds ${count(busiest)}.`;
}

export function VolumeSkeleton() {
  return (
    <>
      <Panel className="mb-4" role="status" aria-label="Loading counts">
        <div className="flex h-[3.55rem] items-center gap-8 px-4">
          {ORDER.map((status) => (
            <Skeleton key={status} className="h-7 w-16" />
          ))}
        </div>
      </Panel>
      <ChartSkeleton title={TITLE} height="low" className="mb-4" />
    </>
  );
}
