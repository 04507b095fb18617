import { Hourglass, Inbox, SearchX, Telescope } from 'lucide-react';
import Link from 'next/link';
import { Duration } from '@/components/console/duration';
import { countryName, money } from '@/components/console/format';
import { MaskedPhone } from '@/components/console/masked-phone';
import { RouteTrail } from '@/components/console/route-trail';
import { StatusPill } from '@/components/console/status-pill';
import { TimeAgo } from '@/components/console/time-ago';
import { TimeStamp } from '@/components/console/time-stamp';
import { Badge } from '@/components/ui/badge';
import { buttonStyle } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/empty-state';
import { Pagination } from '@/components/ui/pagination';
import { Panel } from '@/components/ui/panel';
import { Skeleton } from '@/components/ui/skeleton';
import { Table, TableCell, TableHead, TableHeading, TableRow } from '@/components/ui/table';
import type { UserActor } from '@/lib/auth/session';
import type { VerificationSummary } from '@/lib/contract/verifications';
import { isRefusal } from '@/lib/domain/errors';
import { mayDo } from '@/lib/domain/permissions';
import { exploreVerifications, PATIENCE_MS, WALK_MIN } from '@/lib/operations/verifications/explore';
import { type Choices, valueName } from './names';
import { queryOf, ROWS, rangeOf } from './query';
import { hrefWith, type View } from './search-params';
import { isFiltered } from './terms';

type Question = { user: UserActor; view: View; timeZone: string; now: Date; choices: Choices };

/** Which verifications: one page, newest first. */
export async function ListPanel({ user, view, timeZone, now, choices }: Question) {
  const { query, endings } = queryOf(view, now, timeZone);
  const page =
    endings === null
      ? 'unreadable'
      : await exploreVerifications(user, {
          ...query,
          startingAfter: view.after,
          limit: ROWS,
          walkMin: WALK_MIN,
          patienceMs: view.further ? PATIENCE_MS.further : PATIENCE_MS.page,
        }).catch((error: unknown) => {
          if (isRefusal(error) && error.code === 'unavailable') return 'late' as const;
          if (isRefusal(error) && error.code !== 'forbidden') return 'unreadable' as const;
          throw error;
        });
  if (page === 'unreadable' || page === 'late') {
    return (
      <Panel>
        {page === 'late' ? (
          <EmptyState
            picture={<Hourglass aria-hidden="true" className="size-8" strokeWidth={1.25} />}
            title="That is too much to look through at once"
          >
            The database was asked to stop before it was done. Choose a shorter range, or add a filter that fewer match.
          </EmptyState>
        ) : (
          <EmptyState
            picture={<SearchX aria-hidden="true" className="size-8" strokeWidth={1.25} />}
            title="That is not a phone number we know how to read"
          >
            Write it in full, with the plus and the country, like +55 11 98765 4321.
          </EmptyState>
        )}
      </Panel>
    );
  }
  const { data, next } = page;
  return (
    <Panel>
      {data.length > 0 ? (
        <List
          rows={data}
          now={now}
          timeZone={timeZone}
          choices={choices}
          address={hrefWith(view, { after: view.after }, '')}
        />
      ) : next ? null : (
        <NothingHere view={view} maySend={mayDo(user, 'verifications:write')} />
      )}
      {next?.isSearching ? (
        <div className="flex flex-wrap items-center gap-x-4 gap-y-2 border-line border-t px-4 py-3 first:border-t-0">
          <Telescope aria-hidden="true" className="size-4 shrink-0 text-ink-3" />
          <p className="min-w-0 text-ink-2 text-sm">
            {data.length === 0 ? 'Nothing' : `${data.length} found`} so far, looking back to{' '}
            <TimeStamp at={next.searchedTo} timeZone={timeZone} />.{' '}
            <span className="text-ink-3">Narrow the range, or go on looking.</span>
          </p>
          <span className="ml-auto flex gap-2">
            {view.after ? (
              <Link href={hrefWith(view, {})} className={buttonStyle({ size: 'small' })}>
                Newest
              </Link>
            ) : null}
            <Link
              href={hrefWith(view, { after: next.after, further: 'yes' })}
              rel="next"
              prefetch={false}
              className={buttonStyle({ size: 'small' })}
            >
              Look further back
            </Link>
          </span>
        </div>
      ) : data.length > 0 ? (
        <Pagination
          first={view.after ? hrefWith(view, {}) : null}
          next={next ? hrefWith(view, { after: next.after }) : null}
        >
          {next || view.after ? `${data.length} on this page` : `${data.length} in all`}
        </Pagination>
      ) : null}
    </Panel>
  );
}

function List({
  rows,
  now,
  timeZone,
  choices,
  address,
}: {
  rows: VerificationSummary[];
  now: Date;
  timeZone: string;
  choices: Choices;
  /** The list's own, with its question mark: the sheet is opened above it and comes back to it. */
  address: string;
}) {
  return (
    <Table label="Verifications">
      <TableHead>
        <tr>
          <TableHeading className="hidden sm:table-cell">Status</TableHeading>
          <TableHeading>Number</TableHeading>
          <TableHeading className="hidden md:table-cell">Use case</TableHeading>
          <TableHeading>Route taken</TableHeading>
          <TableHeading className="hidden text-right sm:table-cell">Delivered in</TableHeading>
          <TableHeading className="hidden text-right md:table-cell">Checks</TableHeading>
          <TableHeading className="hidden text-right min-[1380px]:table-cell">Cost</TableHeading>
          {/* The facets name the apps as well: there is room for it on the widest screens only. */}
          <TableHeading className="hidden 2xl:table-cell">App</TableHeading>
          <TableHeading className="text-right">Age</TableHeading>
        </tr>
      </TableHead>
      <tbody>
        {rows.map((row) => (
          <TableRow
            key={row.id}
            className="-outline-offset-2 focus-within:bg-hover hover:bg-hover has-[a:focus-visible]:outline-2 has-[a:focus-visible]:outline-accent"
          >
            <TableCell className="hidden w-32 sm:table-cell">
              <StatusPill status={row.status} />
            </TableCell>
            <TableCell>
              <Link
                href={`/verifications/${row.id}${address}`}
                scroll={false}
                prefetch={false}
                data-row=""
                className="row-link flex w-fit items-center gap-2 outline-none max-sm:mt-2"
              >
                <MaskedPhone masked={row.to_masked} country={row.country} isInColumn />
                <span className="sr-only">
                  , {row.status}, {countryName(row.country)}
                </span>
                {row.livemode ? null : (
                  <Badge tone="outline" className="max-sm:hidden">
                    test
                  </Badge>
                )}
              </Link>
              <span className="mt-0.5 mb-2 flex gap-1 sm:hidden">
                <StatusPill status={row.status} />
                {row.livemode ? null : <Badge tone="outline">test</Badge>}
              </span>
            </TableCell>
            <TableCell className="hidden whitespace-nowrap text-ink-2 md:table-cell">
              {valueName('use_case', row.use_case, choices)}
            </TableCell>
            <TableCell>
              <RouteTrail messages={row.trail} />
            </TableCell>
            <TableCell className="hidden text-right sm:table-cell">
              <Duration ms={row.seconds_to_deliver === null ? null : Math.max(0, row.seconds_to_deliver * 1000)} />
            </TableCell>
            <TableCell className="num hidden text-right md:table-cell">
              {row.checks_used === 0 ? <span className="text-ink-3">0</span> : row.checks_used}
            </TableCell>
            <TableCell className="num hidden text-right text-ink-2 min-[1380px]:table-cell">
              {money(row.cost_micros)}
            </TableCell>
            <TableCell className="hidden max-w-40 truncate text-ink-2 2xl:table-cell">{row.app.name}</TableCell>
            <TableCell className="text-right text-ink-3 text-xs">
              <TimeAgo at={row.created_at} now={now.getTime()} timeZone={timeZone} />
            </TableCell>
          </TableRow>
        ))}
      </tbody>
    </Table>
  );
}

function NothingHere({ view, maySend }: { view: View; maySend: boolean }) {
  const picture = <Inbox aria-hidden="true" className="size-8" strokeWidth={1.25} />;
  if (isFiltered(view) || view.after) {
    return (
      <EmptyState
        picture={picture}
        title="Nothing matches these filters"
        action={
          <Link href="/verifications" className={buttonStyle()}>
            Clear the filters
          </Link>
        }
      >
        Take one away, or look further back. A reference has to match exactly, and a number needs its plus sign.
      </EmptyState>
    );
  }
  return (
    <EmptyState
      picture={picture}
      title="No codes in this time"
      action={
        <>
          {rangeOf(view) === '90d' ? null : (
            <Link href={hrefWith(view, { range: '90d', from: null, to: null })} className={buttonStyle()}>
              Look at the last 90 days
            </Link>
          )}
          {maySend ? (
            <Link href="/sandbox" className={buttonStyle({ tone: 'primary' })}>
              Send a test code
            </Link>
          ) : null}
        </>
      }
    >
      As soon as an app asks for a code, it stands here, with the way it took and what came of it.
    </EmptyState>
  );
}

const SKELETON_ROWS = Array.from({ length: 14 }, (_, row) => row);

/** The list before it is there, at the height it will have. */
export function ListSkeleton() {
  return (
    <Panel role="status" aria-label="Loading verifications">
      <div className="h-8 border-line border-b" />
      {SKELETON_ROWS.map((row) => (
        <div key={row} className="flex h-[41px] items-center gap-6 border-line border-b px-4 last:border-b-0">
          <Skeleton className="h-5 w-20" />
          <Skeleton className="w-40" />
          <Skeleton className="hidden w-24 md:block" />
          <Skeleton className="w-14" />
          <Skeleton className="ml-auto w-12" />
        </div>
      ))}
    </Panel>
  );
}
