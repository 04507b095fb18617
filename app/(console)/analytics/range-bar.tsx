'use client';

import { ChevronLeft, ChevronRight, Link2, X } from 'lucide-react';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useEffect, useState, useTransition } from 'react';
import { DIMENSION_WORDS, valueWords } from '@/components/charts/dimensions';
import { isGoing, isShortcut } from '@/components/console/shell/keys';
import { Button, buttonStyle } from '@/components/ui/button';
import { classNames } from '@/components/ui/class-names';
import { Input } from '@/components/ui/input';
import { Select } from '@/components/ui/select';
import { useCopied } from '@/components/ui/use-copied';
import type { Dimension } from '@/lib/domain/stats/measures';
import { wallTime } from '../verifications/range';
import type { FilterChoices } from './choices';
import { absolute, boundsText, RANGE_KEYS, RANGE_WORDS, RANGES, type RangeName, rangeOf, stepped } from './range';
import { type AnalyticsView, COMPARISONS, cycled, filtersIn, hrefWith, NO_FILTERS } from './search-params';

const COMPARISON_WORDS = {
  none: 'No comparison',
  previous_period: 'Period before',
  previous_week: 'Week before',
} as const;

const SHORT: Record<RangeName, string> = {
  '1h': '1 h',
  '24h': '24 h',
  '7d': '7 d',
  '30d': '30 d',
  '90d': '90 d',
  today: 'Today',
  yesterday: 'Yesterday',
  custom: 'Custom',
};

type Bar = {
  path: string;
  view: AnalyticsView;
  /** The ends of the range as moments, by the clock of the server that drew the figures. */
  from: string;
  to: string;
  timeZone: string;
  viewerZone: string;
  choices: FilterChoices;
};

/** What the figures are of: range, comparison, filters, time zone. Every choice is an address; presets and chips work without a script. */
export function RangeBar({ path, view, from, to, timeZone, viewerZone, choices }: Bar) {
  const router = useRouter();
  const [isPending, startTransition] = useTransition();
  const bounds = { from: new Date(from), to: new Date(to) };
  const range = rangeOf(view);
  const filters = filtersIn(view);
  const href = (change: Partial<AnalyticsView>) => hrefWith(path, view, change);
  const go = (change: Partial<AnalyticsView>) => startTransition(() => router.push(href(change), { scroll: false }));
  const step = (direction: -1 | 1) => stepHref(path, view, bounds, direction, timeZone);
  const preset = (name: RangeName) =>
    name === 'custom'
      ? { range: name, from: wallTime(bounds.from, timeZone), to: wallTime(bounds.to, timeZone) }
      : { range: name, from: null, to: null };

  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.defaultPrevented || !isShortcut(event) || isGoing()) return;
      const name = RANGE_KEYS[event.key];
      const ends = { from: new Date(from), to: new Date(to) };
      const target = name
        ? hrefWith(path, view, { range: name, from: null, to: null })
        : event.key === 'x'
          ? hrefWith(path, view, { compare: view.compare === 'none' ? 'previous_period' : 'none' })
          : event.key === '[' || event.key === ']'
            ? stepHref(path, view, ends, event.key === '[' ? -1 : 1, timeZone)
            : null;
      if (target) startTransition(() => router.push(target, { scroll: false }));
    };
    window.addEventListener('keydown', press);
    return () => window.removeEventListener('keydown', press);
  }, [path, view, from, to, timeZone, router]);

  const nameOf = (dimension: Dimension, value: string) =>
    choices.find((choice) => choice.dimension === dimension)?.values.find((each) => each.value === value)?.name ??
    valueWords(dimension, value);

  return (
    <section
      aria-label="What the figures are of"
      aria-busy={isPending}
      className="range-bar mb-2 flex flex-col gap-2 pb-2 lg:sticky lg:-top-px lg:-mt-3 lg:z-10 lg:-mx-7 lg:bg-paper lg:px-7 lg:pt-3"
    >
      <div className={classNames('flex flex-wrap items-center gap-2 transition-opacity', isPending && 'opacity-60')}>
        <nav
          aria-label="Range"
          className="flex h-8 max-w-full items-stretch overflow-x-auto rounded-control border border-line-strong bg-raised max-sm:w-full"
        >
          {RANGES.map((name) => {
            const key = Object.keys(RANGE_KEYS).find((each) => RANGE_KEYS[each] === name);
            return (
              <Link
                key={name}
                href={href(preset(name))}
                scroll={false}
                prefetch={false}
                title={key ? `${RANGE_WORDS[name]} (${key})` : RANGE_WORDS[name]}
                aria-current={range === name ? 'true' : undefined}
                className={classNames(
                  'flex shrink-0 grow items-center justify-center whitespace-nowrap border-line border-r px-2 text-xs -outline-offset-2 max-sm:px-1.5 last:border-r-0',
                  range === name ? 'bg-ink font-medium text-paper' : 'text-ink-2 hover:bg-hover hover:text-ink',
                )}
              >
                {SHORT[name]}
                <span className="sr-only">{SHORT[name] === RANGE_WORDS[name] ? '' : `: ${RANGE_WORDS[name]}`}</span>
              </Link>
            );
          })}
        </nav>
        <div className="flex">
          <StepLink href={step(-1)} label="The period before ([)">
            <ChevronLeft aria-hidden="true" className="size-4" />
          </StepLink>
          <StepLink href={step(1)} label="The period after (])">
            <ChevronRight aria-hidden="true" className="size-4" />
          </StepLink>
        </div>
        <Select
          aria-label="Compare with"
          title="Compare with (x)"
          value={view.compare}
          onChange={(event) => go({ compare: event.target.value as AnalyticsView['compare'] })}
          className="w-auto shrink-0 max-sm:grow max-sm:basis-[35%] [&>select]:border-line-strong"
        >
          {COMPARISONS.map((name) => (
            <option key={name} value={name}>
              {COMPARISON_WORDS[name]}
            </option>
          ))}
        </Select>
        <Select
          aria-label="Add a filter"
          value=""
          onChange={(event) => {
            const [dimension, value] = splitChoice(event.target.value);
            if (value) go({ [dimension]: joined(view, dimension, value) });
          }}
          className="w-auto min-w-0 shrink-0 max-sm:grow max-sm:basis-[35%] sm:max-w-32 [&>select]:border-line-strong"
        >
          <option value="">Filter by…</option>
          {choices.map(({ dimension, label, values }) => (
            <optgroup key={dimension} label={label}>
              {values.map(({ value, name }) => (
                <option key={value} value={`${dimension}:${value}`}>
                  {name}
                </option>
              ))}
            </optgroup>
          ))}
        </Select>
        <ZoneSelect
          timeZone={timeZone}
          viewerZone={viewerZone}
          onChoose={(zone) => go({ timezone: zone === viewerZone ? null : zone })}
        />
        <span className="ml-auto">
          <ShareLink href={hrefWith(path, absolute(view, bounds, timeZone))} />
        </span>
      </div>
      {range === 'custom' ? (
        <form
          className="flex flex-wrap items-center gap-2"
          onSubmit={(event) => {
            event.preventDefault();
            const form = new FormData(event.currentTarget);
            go({ range: 'custom', from: String(form.get('from')) || null, to: String(form.get('to')) || null });
          }}
        >
          <Input
            key={`f${from}`}
            type="datetime-local"
            name="from"
            aria-label="From"
            defaultValue={wallTime(bounds.from, timeZone)}
            className="w-auto"
          />
          <span className="text-ink-3">to</span>
          <Input
            key={`t${to}`}
            type="datetime-local"
            name="to"
            aria-label="To"
            defaultValue={wallTime(bounds.to, timeZone)}
            className="w-auto"
          />
          <Button type="submit">Apply</Button>
        </form>
      ) : null}
      <div className="flex flex-wrap items-center gap-1.5">
        <span className="num mr-1 text-ink-3 text-xs">
          {boundsText(bounds, timeZone)} <span className="font-sans">{timeZone}</span>
        </span>
        {filters.map(({ dimension, filter }) =>
          filter.values.map((value) => (
            <Chip
              key={`${dimension}${value}`}
              text={`${DIMENSION_WORDS[dimension]} ${filter.exclude ? 'is not' : 'is'} ${nameOf(dimension, value)}`}
              isExcluding={filter.exclude}
              flipHref={href({ [dimension]: { ...filter, exclude: !filter.exclude } })}
              removeHref={href({ [dimension]: without(filter, value) })}
            />
          )),
        )}
        {filters.length > 0 ? (
          <Link
            href={href(NO_FILTERS)}
            scroll={false}
            prefetch={false}
            className={buttonStyle({ tone: 'quiet', size: 'small' })}
          >
            Clear filters
          </Link>
        ) : null}
      </div>
    </section>
  );
}

/** Null where the range ends now: the next period has not begun. Told by the preset, not by a clock: server and browser must agree. */
function stepHref(
  path: string,
  view: AnalyticsView,
  bounds: { from: Date; to: Date },
  direction: -1 | 1,
  timeZone: string,
): string | null {
  const range = rangeOf(view);
  if (direction === 1 && range !== 'custom' && range !== 'yesterday') return null;
  return hrefWith(path, view, { range: 'custom', ...stepped(bounds, direction, timeZone) });
}

function joined(view: AnalyticsView, dimension: Dimension, value: string) {
  const filter = view[dimension];
  return filter?.values.includes(value) ? filter : cycled(filter, value);
}

function without(filter: { values: string[]; exclude: boolean }, value: string) {
  const values = filter.values.filter((each) => each !== value);
  return values.length > 0 ? { ...filter, values } : null;
}

function splitChoice(text: string): [Dimension, string] {
  const at = text.indexOf(':');
  return [text.slice(0, at) as Dimension, text.slice(at + 1)];
}

function StepLink({ href, label, children }: { href: string | null; label: string; children: React.ReactNode }) {
  const look = classNames(buttonStyle({ tone: 'quiet', size: 'icon' }), 'w-7');
  if (!href) {
    return (
      <span aria-hidden="true" className={classNames(look, 'opacity-30')}>
        {children}
      </span>
    );
  }
  return (
    <Link href={href} scroll={false} prefetch={false} aria-label={label} title={label} className={look}>
      {children}
    </Link>
  );
}

function Chip({
  text,
  isExcluding,
  flipHref,
  removeHref,
}: {
  text: string;
  isExcluding: boolean;
  flipHref: string;
  removeHref: string;
}) {
  return (
    <span
      className={classNames(
        'inline-flex h-7 items-stretch overflow-hidden rounded-control border text-xs',
        isExcluding ? 'border-bad-mark bg-bad-soft' : 'border-accent bg-accent-soft',
      )}
    >
      <Link
        href={flipHref}
        scroll={false}
        prefetch={false}
        title={isExcluding ? 'Show only this instead' : 'Leave it out instead'}
        className="flex items-center pl-2 text-ink -outline-offset-2"
      >
        {text}
        <span className="sr-only">{isExcluding ? ': show only this instead' : ': leave it out instead'}</span>
      </Link>
      <Link
        href={removeHref}
        scroll={false}
        prefetch={false}
        aria-label={`Remove the filter: ${text}`}
        className="flex w-6 items-center justify-center text-ink-2 -outline-offset-2 hover:text-ink"
      >
        <X aria-hidden="true" className="size-3" />
      </Link>
    </span>
  );
}

/** The viewer's zone and UTC at hand; all others when the list is first opened, in the browser's own words. */
function ZoneSelect({
  timeZone,
  viewerZone,
  onChoose,
}: {
  timeZone: string;
  viewerZone: string;
  onChoose: (zone: string) => void;
}) {
  const [all, setAll] = useState<string[]>([]);
  const near = [...new Set([viewerZone, 'UTC', timeZone])];
  return (
    <Select
      aria-label="Time zone"
      value={timeZone}
      onFocus={() => setAll((known) => (known.length > 0 ? known : Intl.supportedValuesOf('timeZone')))}
      onChange={(event) => onChoose(event.target.value)}
      className="w-auto min-w-0 shrink-0 max-sm:grow max-sm:basis-[55%] sm:max-w-44 [&>select]:border-line-strong"
    >
      {near.map((zone) => (
        <option key={zone} value={zone}>
          {zone === viewerZone && zone !== 'UTC' ? `${zone} (yours)` : zone}
        </option>
      ))}
      {all.length > 0 ? (
        <optgroup label="All time zones">
          {all
            .filter((zone) => !near.includes(zone))
            .map((zone) => (
              <option key={zone} value={zone}>
                {zone}
              </option>
            ))}
        </optgroup>
      ) : null}
    </Select>
  );
}

/** Copies an address with absolute ends: it shows the same figures tomorrow, wherever it is opened. */
function ShareLink({ href }: { href: string }) {
  const { isCopied, status, copy } = useCopied();
  return (
    <>
      <Button tone="quiet" onClick={() => copy(`${location.origin}${href}`)}>
        <Link2 aria-hidden="true" className="size-3.5" />
        {isCopied ? 'Copied' : 'Copy link'}
      </Button>
      <span role="status" className="sr-only">
        {status}
      </span>
    </>
  );
}
