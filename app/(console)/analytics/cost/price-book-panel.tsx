import { ArrowRight } from 'lucide-react';
import Link from 'next/link';
import { ChannelBadge } from '@/components/console/channel-badge';
import { Flag } from '@/components/console/country';
import { count, countryName, DASH, money } from '@/components/console/format';
import { Badge } from '@/components/ui/badge';
import { EmptyState } from '@/components/ui/empty-state';
import { Panel, PanelHeading } from '@/components/ui/panel';
import { Skeleton } from '@/components/ui/skeleton';
import { Table, TableCell, TableHead, TableHeading, TableRow } from '@/components/ui/table';
import type { UserActor } from '@/lib/auth/session';
import { type Channel, PRICE_RULES, type PriceRule } from '@/lib/domain/channel';
import { type BookLine, readPriceBook } from '@/lib/operations/reports/price-book';
import { scopeName } from '../../config/countries/scope-name';

const FALLS_DUE: Record<PriceRule, string> = {
  submitted: 'when taken',
  delivered: 'when delivered',
  any: 'when either happens',
};
/** Lines of a table that is not asked for whole. */
const SHOWN_MAX = 40;

/** What each channel costs, where, since when and until when; first where the money goes and where a price is about to change. */
export async function PriceBookPanel({
  user,
  countries,
  channels,
  isWhole,
  wholeHref,
  partHref,
}: {
  user: UserActor;
  /** Countries with traffic in the range, the dearest first. */
  countries: readonly string[];
  /** Held to these; null is all. */
  channels: readonly Channel[] | null;
  isWhole: boolean;
  wholeHref: string;
  partHref: string;
}) {
  const { day, lines } = await readPriceBook(user);
  const all = channels ? lines.filter(({ channel }) => channels.includes(channel)) : lines;
  const changing = new Set(all.flatMap(({ country, next }) => (next ? [country] : [])));
  const place = new Map(
    [...changing, ...countries.filter((country) => !changing.has(country))].map((at, n) => [at, n]),
  );
  const shown = isWhole
    ? all.toSorted((a, b) => countryName(a.country).localeCompare(countryName(b.country), 'en'))
    : all
        .filter(({ country }) => place.has(country))
        .toSorted((a, b) => (place.get(a.country) ?? 0) - (place.get(b.country) ?? 0))
        .slice(0, SHOWN_MAX);
  const named = new Set(lines.map(({ country }) => country)).size;

  return (
    <Panel className="min-w-0">
      <PanelHeading
        id="prices"
        title="Price book"
        hint={`US dollars per message, SMS per segment, as published on ${day} (UTC). ${changing.size === 0 ? 'No change is announced.' : `A change is announced for ${changing.size === 1 ? 'one country' : `${count(changing.size)} countries`}.`}`}
        aside={
          <Link
            href={isWhole ? partHref : wholeHref}
            scroll={false}
            prefetch={false}
            className="text-ink-2 text-xs underline decoration-line-strong underline-offset-2 hover:text-ink"
          >
            {isWhole ? 'Only where messages went' : `All ${count(named)} countries`}
          </Link>
        }
      />
      {shown.length === 0 ? (
        <EmptyState title="No prices here">
          Nothing was sent in this range, and no price is about to change. The whole book lists every country.
        </EmptyState>
      ) : (
        <div className="max-h-[34rem] overflow-y-auto">
          <Table label="Price book">
            <TableHead>
              <tr>
                <TableHeading>Country</TableHeading>
                <TableHeading>Channel</TableHeading>
                <TableHeading className="text-right">Price</TableHeading>
                <TableHeading>Valid</TableHeading>
                <TableHeading>Next</TableHeading>
                <TableHeading>Said by</TableHeading>
                <TableHeading>Falls due</TableHeading>
              </tr>
            </TableHead>
            <tbody>
              {shown.map((line, at) => (
                <BookRow
                  key={`${line.country}${line.channel}`}
                  line={line}
                  isFirst={shown[at - 1]?.country !== line.country}
                />
              ))}
            </tbody>
          </Table>
        </div>
      )}
    </Panel>
  );
}

function BookRow({ line, isFirst }: { line: BookLine; isFirst: boolean }) {
  const { country, channel, now, next, from, isSent, connections } = line;
  const past = line.periods.filter(({ until }) => until !== null && now.from !== null && until <= now.from);
  return (
    <TableRow className={isFirst ? undefined : 'border-t-0'}>
      <TableCell className="whitespace-nowrap">
        {isFirst ? (
          <Link
            href={`/config/countries/${country}`}
            prefetch={false}
            className="inline-flex items-center gap-2 hover:underline"
          >
            <Flag country={country} />
            {countryName(country)}
          </Link>
        ) : (
          <span className="sr-only">{countryName(country)}</span>
        )}
      </TableCell>
      <TableCell>
        <ChannelBadge channel={channel} />
        {isSent ? null : <span className="ml-1.5 text-ink-3 text-xs">not in use</span>}
      </TableCell>
      <TableCell className="num text-right">
        {now.micros === null ? (
          <span title="No scope names a price: messages count as free">{DASH}</span>
        ) : (
          money(now.micros)
        )}
      </TableCell>
      <TableCell className="num whitespace-nowrap text-ink-2 text-xs">
        {now.from === null ? 'from the start' : `from ${now.from}`}
        {now.until === null ? '' : ` until ${now.until}`}
        {past.length > 0 ? (
          <span className="block text-ink-3">before: {past.map(({ micros }) => money(micros)).join(', ')}</span>
        ) : null}
      </TableCell>
      <TableCell className="whitespace-nowrap">
        {next ? (
          <Badge tone={now.micros !== null && next.micros !== null && next.micros > now.micros ? 'warn' : 'good'}>
            <ArrowRight aria-hidden="true" />
            <span className="num">{money(next.micros)}</span> from <span className="num">{next.from}</span>
          </Badge>
        ) : (
          <span className="text-ink-3">{DASH}</span>
        )}
      </TableCell>
      <TableCell className="whitespace-nowrap text-ink-2 text-xs">
        {from === 'built_in' ? DASH : scopeName(from)}
      </TableCell>
      <TableCell className="whitespace-nowrap text-ink-2 text-xs">
        {connections.length === 0
          ? DASH
          : PRICE_RULES.flatMap((rule) => {
              const names = connections.filter(({ priceRule }) => priceRule === rule).map(({ name }) => name);
              return names.length > 0 ? [`${FALLS_DUE[rule]}: ${names.join(', ')}`] : [];
            }).join('; ')}
      </TableCell>
    </TableRow>
  );
}

export function PriceBookSkeleton() {
  return (
    <Panel role="status" aria-label="Loading prices">
      <PanelHeading title="Price book" />
      <div className="flex flex-col gap-5 p-4">
        {['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map((row) => (
          <Skeleton key={row} className="h-5 w-full" />
        ))}
      </div>
    </Panel>
  );
}
