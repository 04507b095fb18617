'use client';

import { ArrowUp, Pause, Play, Radio } from 'lucide-react';
import Link from 'next/link';
import { useEffect, useRef, useState } from 'react';
import { count, countryName } from '@/components/console/format';
import { MaskedPhone } from '@/components/console/masked-phone';
import { RouteTrail } from '@/components/console/route-trail';
import { StatusPill } from '@/components/console/status-pill';
import { spaced } from '@/components/console/words';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { classNames } from '@/components/ui/class-names';
import { EmptyState } from '@/components/ui/empty-state';
import { Panel } from '@/components/ui/panel';
import { Table, TableCell, TableHead, TableHeading, TableRow } from '@/components/ui/table';
import type { VerificationSummary } from '@/lib/contract/verifications';

export type Line = Pick<
  VerificationSummary,
  'id' | 'status' | 'to_masked' | 'country' | 'use_case' | 'livemode' | 'created_at' | 'trail' | 'app'
>;
type Connection = 'connecting' | 'open' | 'lost' | 'signed_out' | 'refused';

/** As many as one can scroll through; older ones are in the list. */
const LINES_MAX = 200;
const RATE_SECONDS = 10;

/**
 * The tail. New lines come in at the top, unless somebody is reading: then they wait behind a button and nothing moves. A line that is
 * there already changes in its place.
 */
export function TailList({
  stream,
  first,
  timeZone,
  useCases,
}: {
  stream: string;
  first: Line[];
  timeZone: string;
  /** What the use cases are called. */
  useCases: readonly { id: string; name: string }[];
}) {
  const [lines, setLines] = useState(first);
  const [waiting, setWaiting] = useState<Line[]>([]);
  const [isPaused, setPaused] = useState(false);
  const [isHeld, setHeld] = useState(false);
  const [connection, setConnection] = useState<Connection>('connecting');
  const [dropped, setDropped] = useState(0);
  const [rate, setRate] = useState<number | null>(null);
  const [said, setSaid] = useState('');
  const isStill = isPaused || isHeld;

  const known = useRef(new Set(first.map(({ id }) => id)));
  const still = useRef(isStill);
  still.current = isStill;
  const arrivals = useRef<{ at: number; n: number }[]>([]);

  useEffect(() => {
    const source = new EventSource(stream);
    source.addEventListener('open', () => setConnection('open'));
    source.addEventListener('error', () =>
      setConnection((now) =>
        now === 'signed_out' ? now : source.readyState === EventSource.CLOSED ? 'refused' : 'lost',
      ),
    );
    source.addEventListener('end', (event) => {
      if (event.data !== 'session_over') return;
      source.close();
      setConnection('signed_out');
    });
    source.addEventListener('lines', (event) => {
      const news = JSON.parse(event.data) as { lines: Line[]; dropped: number };
      const fresh = news.lines.filter(({ id }) => !known.current.has(id)).toReversed();
      for (const { id } of fresh) known.current.add(id);
      arrivals.current.push({ at: Date.now(), n: fresh.length + news.dropped });
      const changed = new Map(news.lines.map((line) => [line.id, line]));
      const renewed = (old: Line[]) => old.map((line) => changed.get(line.id) ?? line);
      const isWaiting = still.current;
      setLines((old) => (isWaiting ? renewed(old) : [...fresh, ...renewed(old)].slice(0, LINES_MAX)));
      setWaiting((old) => (isWaiting ? [...fresh, ...renewed(old)].slice(0, LINES_MAX) : renewed(old)));
      if (news.dropped > 0) setDropped((n) => n + news.dropped);
    });
    return () => source.close();
  }, [stream]);

  useEffect(() => {
    const began = Date.now();
    const recent = () => {
      arrivals.current = arrivals.current.filter(({ at }) => at > Date.now() - RATE_SECONDS * 1000);
      return arrivals.current.reduce((sum, { n }) => sum + n, 0);
    };
    const tick = setInterval(() => {
      const seconds = (Date.now() - began) / 1000;
      // One code in the first second is not sixty a minute.
      if (seconds >= RATE_SECONDS / 2) setRate(recent() / Math.min(RATE_SECONDS, seconds));
    }, 1000);
    // Said now and then, whatever the traffic: a screen reader must be able to read something else as well.
    const speak = setInterval(() => {
      const n = recent();
      setSaid(n === 0 ? '' : `${n} new in the last ${RATE_SECONDS} seconds`);
    }, RATE_SECONDS * 1000);
    return () => {
      clearInterval(tick);
      clearInterval(speak);
    };
  }, []);

  const release = () => {
    setLines((old) => [...waiting, ...old].slice(0, LINES_MAX));
    setWaiting([]);
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: what waited comes in when nobody reads any more.
  useEffect(() => {
    if (!isStill && waiting.length > 0) release();
  }, [isStill, waiting.length]);

  const clock = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit', second: '2-digit' });

  return (
    <Panel>
      <div className="flex min-h-12 flex-wrap items-center gap-x-4 gap-y-2 border-line border-b px-4 py-2">
        <Button size="small" aria-pressed={isPaused} onClick={() => setPaused(!isPaused)}>
          {isPaused ? (
            <Play aria-hidden="true" className="size-3.5" />
          ) : (
            <Pause aria-hidden="true" className="size-3.5" />
          )}
          {isPaused ? 'Resume' : 'Pause'}
        </Button>
        <State connection={connection} isPaused={isPaused} isHeld={isHeld} />
        {/* In the bar, where it covers no row and moves none. */}
        {waiting.length > 0 ? (
          <Button tone="primary" size="small" className="rounded-full max-sm:ml-auto" onClick={release}>
            <ArrowUp aria-hidden="true" className="size-3.5" />
            {waiting.length === LINES_MAX ? `${LINES_MAX} or more` : waiting.length} new
          </Button>
        ) : null}
        <span className={classNames('num ml-auto text-ink-2 text-xs', waiting.length > 0 && 'max-sm:hidden')}>
          {rateText(rate)}
        </span>
        {dropped > 0 ? (
          <span className="text-warn text-xs">
            <span className="num">{count(dropped)}</span> left out: too many at once. They are in the list.
          </span>
        ) : null}
      </div>
      <p aria-live="polite" className="sr-only">
        {said}
      </p>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: nothing to operate here: reading, by pointer or by focus, keeps the rows still. */}
      <div
        className="relative"
        onPointerEnter={(event) => event.pointerType === 'mouse' && setHeld(true)}
        onPointerLeave={() => setHeld(false)}
        onFocus={() => setHeld(true)}
        onBlur={(event) => {
          if (!event.currentTarget.contains(event.relatedTarget)) setHeld(false);
        }}
      >
        {lines.length > 0 ? (
          <Table label="Live verifications">
            <TableHead>
              <tr>
                <TableHeading>Time</TableHeading>
                <TableHeading className="hidden sm:table-cell">Status</TableHeading>
                <TableHeading>Number</TableHeading>
                <TableHeading className="hidden md:table-cell">Use case</TableHeading>
                <TableHeading>Route taken</TableHeading>
                <TableHeading className="hidden lg:table-cell">App</TableHeading>
              </tr>
            </TableHead>
            <tbody>
              {lines.map((line) => (
                <TableRow
                  key={line.id}
                  className="-outline-offset-2 hover:bg-hover has-[a:focus-visible]:outline-2 has-[a:focus-visible]:outline-accent"
                >
                  <TableCell className="num w-24 text-ink-3 text-xs">
                    <time dateTime={line.created_at}>{clock.format(new Date(line.created_at))}</time>
                  </TableCell>
                  <TableCell className="hidden w-32 sm:table-cell">
                    <StatusPill status={line.status} />
                  </TableCell>
                  <TableCell>
                    <Link
                      href={`/verifications/${line.id}`}
                      prefetch={false}
                      data-row=""
                      className="row-link flex w-fit items-center gap-2 outline-none max-sm:mt-2"
                    >
                      <MaskedPhone masked={line.to_masked} country={line.country} isInColumn />
                      <span className="sr-only">
                        , {line.status}, {countryName(line.country)}
                      </span>
                      {line.livemode ? null : (
                        <Badge tone="outline" className="max-sm:hidden">
                          test
                        </Badge>
                      )}
                    </Link>
                    <span className="mt-0.5 mb-2 flex gap-1 sm:hidden">
                      <StatusPill status={line.status} />
                      {line.livemode ? null : <Badge tone="outline">test</Badge>}
                    </span>
                  </TableCell>
                  <TableCell className="hidden text-ink-2 md:table-cell">
                    {useCases.find(({ id }) => id === line.use_case)?.name ?? spaced(line.use_case)}
                  </TableCell>
                  <TableCell className="w-40">
                    <RouteTrail messages={line.trail} />
                  </TableCell>
                  <TableCell className="hidden max-w-40 truncate text-ink-2 lg:table-cell">{line.app.name}</TableCell>
                </TableRow>
              ))}
            </tbody>
          </Table>
        ) : (
          <EmptyState picture={<Radio aria-hidden="true" className="size-8" strokeWidth={1.25} />} title="Nothing yet">
            The next code that fits these filters appears here within about a second.
          </EmptyState>
        )}
      </div>
    </Panel>
  );
}

/** Whole codes where there are few of them: `0.7 per second` is nobody's picture of forty a minute. */
function rateText(perSecond: number | null): string {
  if (perSecond === null) return '– per second';
  return perSecond >= 1 ? `${perSecond.toFixed(1)} per second` : `${Math.round(perSecond * 60)} per minute`;
}

function State({ connection, isPaused, isHeld }: { connection: Connection; isPaused: boolean; isHeld: boolean }) {
  if (connection === 'signed_out' || connection === 'refused') {
    return (
      <p role="alert" className="flex flex-wrap items-center gap-3 text-bad text-sm">
        {connection === 'signed_out' ? 'You have been signed out.' : 'The tail cannot be opened now.'}
        <Button size="small" onClick={() => window.location.reload()}>
          {connection === 'signed_out' ? 'Sign in again' : 'Try again'}
        </Button>
      </p>
    );
  }
  const isOpen = connection === 'open';
  const words = !isOpen
    ? connection === 'lost'
      ? 'Connecting again'
      : 'Connecting'
    : isPaused
      ? 'Paused'
      : isHeld
        ? 'Held while you read'
        : 'Following';
  return (
    <p role="status" className="flex items-center gap-2 text-ink-2 text-sm">
      <span
        aria-hidden="true"
        className={classNames(
          'size-2 rounded-full',
          !isOpen ? 'bg-warn-mark' : isPaused || isHeld ? 'bg-mute-mark' : 'animate-breathe bg-good-mark',
        )}
      />
      {words}
    </p>
  );
}
