import Link from 'next/link';
import { StackedHistogram } from '@/components/charts/stacked-histogram';
import { count, DASH, dateTime } from '@/components/console/format';
import { STATUS_WORDS } from '@/components/console/words';
import { classNames } from '@/components/ui/class-names';
import { Panel } from '@/components/ui/panel';
import { Skeleton } from '@/components/ui/skeleton';
import type { UserActor } from '@/lib/auth/session';
import { isRefusal } from '@/lib/domain/errors';
import { VERIFICATION_STATUSES, type VerificationStatus } from '@/lib/domain/verification/states';
import { type HistogramBucket, verificationHistogram } from '@/lib/operations/verifications/list';
import { queryOf, rangeOf } from './query';
import { RANGE_WORDS } from './range';
import { hrefWith, type View } from './search-params';

export const STATUS_INK: Record<VerificationStatus, string> = {
  approved: 'var(--good-mark)',
  pending: 'var(--wait-mark)',
  expired: 'var(--mute-mark)',
  canceled: 'var(--line-strong)',
  locked: 'var(--warn-mark)',
  undeliverable: 'var(--bad-mark)',
};
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
  const { query, scope, number } = queryOf(view, now, timeZone);
  const { status: _, starting_after: __, ...everyStatus } = query;
  const answer =
    view.number !== null && number === null
      ? null
      : await verificationHistogram(user, everyStatus, scope).catch((error: unknown) => {
          if (isRefusal(error) && error.code !== 'forbidden') return null;
          throw error;
        });
  if (!answer) return null;

  const { buckets, bucketSeconds } = answer;
  const totals = Object.fromEntries(
    VERIFICATION_STATUSES.map((status) => [status, buckets.reduce((sum, bucket) => sum + bucket.counts[status], 0)]),
  ) as Record<VerificationStatus, number>;
  const total = Object.values(totals).reduce((sum, n) => sum + n, 0);
  const shown = view.status.length > 0 ? ORDER.filter((status) => view.status.includes(status)) : ORDER;
  const withZone = (at: Date) => dateTime(at, timeZone);

  return (
    <Panel className="mb-4">
      <nav aria-label="Filter by status" className="flex gap-1 overflow-x-auto border-line border-b p-1.5">
        <Chip
          href={hrefWith(view, { status: [] })}
          isOn={view.status.length === 0}
          label="All"
          n={total}
          share={null}
        />
        {ORDER.map((status) => {
          const isOn = view.status.includes(status);
          const next = isOn ? view.status.filter((each) => each !== status) : [...view.status, status];
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
      {total > 0 ? (
        <StackedHistogram
          bars={buckets.map((bucket) => ({
            at: withZone(bucket.bucketStart),
            tick: tickOf(bucket.bucketStart, bucketSeconds, timeZone),
            ...bucket.counts,
          }))}
          series={shown.map((status) => ({ key: status, name: STATUS_WORDS[status], ink: STATUS_INK[status] }))}
          summary={summarise(buckets, totals, total, RANGE_WORDS[rangeOf(view)].toLowerCase())}
        />
      ) : null}
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

function summarise(
  buckets: HistogramBucket[],
  totals: Record<VerificationStatus, number>,
  total: number,
  range: string,
): string {
  if (total === 0) return `No verifications in the ${range}.`;
  const busiest = Math.max(...buckets.map(({ counts }) => Object.values(counts).reduce((sum, n) => sum + n, 0)));
  const said = ORDER.filter((status) => totals[status] > 0).map(
    (status) => `${count(totals[status])} ${STATUS_WORDS[status].toLowerCase()}`,
  );
  return `${count(total)} verifications (${range}): ${said.join(', ')}. The busiest bar holds ${count(busiest)}.`;
}

export function VolumeSkeleton() {
  return (
    <Panel className="mb-4" role="status" aria-label="Loading counts">
      <div className="flex h-[3.55rem] items-center gap-8 border-line border-b px-4">
        {ORDER.map((status) => (
          <Skeleton key={status} className="h-7 w-16" />
        ))}
      </div>
      <div className="h-[9.4rem]" />
    </Panel>
  );
}
