'use client';

import { X } from 'lucide-react';
import Link from 'next/link';
import { useQueryStates } from 'nuqs';
import { useTransition } from 'react';
import { CHANNEL_WORDS } from '@/components/console/words';
import { Button, buttonStyle } from '@/components/ui/button';
import { classNames } from '@/components/ui/class-names';
import { Input } from '@/components/ui/input';
import { Select } from '@/components/ui/select';
import { CHANNELS } from '@/lib/domain/channel';
import type { Choices } from './names';
import { RANGE_WORDS, RANGES, type RangeName, rangeBounds, wallTime } from './range';
import { searchParams, type View, viewHref } from './search-params';
import { isFiltered } from './terms';

/** Nothing is sent over voice yet. */
const SHOWN_CHANNELS = CHANNELS.filter((channel) => channel !== 'voice').map((id) => ({ id, name: CHANNEL_WORDS[id] }));

/** The commonest filters as lists. They and the search box are two ways to write the same address. */
export function FilterBar({
  view,
  range,
  timeZone,
  choices,
  path = '/verifications',
}: {
  view: View;
  range: RangeName | null;
  timeZone: string;
  choices: Pick<Choices, 'apps' | 'useCases' | 'countries'>;
  path?: '/verifications' | '/live';
}) {
  const [isPending, startTransition] = useTransition();
  const [, setView] = useQueryStates(searchParams, { shallow: false, history: 'push', startTransition });
  const set = (change: Partial<View>) => setView({ ...change, after: null, further: null });

  const chooseRange = (name: RangeName) => {
    if (name !== 'custom') return set({ range: name, from: null, to: null, timezone: null });
    const now = new Date();
    const { after } = rangeBounds(
      { name: range === 'custom' || !range ? '24h' : range, from: null, to: null },
      now,
      timeZone,
    );
    return set({ range: 'custom', from: wallTime(after, timeZone), to: wallTime(now, timeZone), timezone: timeZone });
  };

  return (
    <div
      className={classNames('flex flex-wrap items-center gap-2 transition-opacity', isPending && 'opacity-60')}
      aria-busy={isPending}
    >
      <div className="flex gap-2 max-sm:-mx-4 max-sm:w-[calc(100%+2rem)] max-sm:overflow-x-auto max-sm:px-4 max-sm:py-1 sm:contents">
        {range ? (
          <Choose
            label="Time range"
            values={[range]}
            isSet={range !== '24h'}
            options={RANGES.map((id) => ({ id, name: RANGE_WORDS[id] }))}
            onChange={(value) => chooseRange(value as RangeName)}
          />
        ) : null}
        <Choose
          label="Channel"
          values={view.channel}
          any="Any channel"
          options={SHOWN_CHANNELS}
          onChange={(value) => set({ channel: value ? [value] : [] })}
        />
        <Choose
          label="Country"
          values={view.country}
          any="Any country"
          options={choices.countries}
          onChange={(value) => set({ country: value ? [value] : [] })}
        />
        <Choose
          label="Use case"
          values={view.use_case}
          any="Any use case"
          options={choices.useCases}
          onChange={(value) => set({ use_case: value ? [value] : [] })}
        />
        <Choose
          label="App"
          values={view.app}
          any="Any app"
          options={choices.apps}
          onChange={(value) => set({ app: value ? [value] : [] })}
        />
        <Choose
          label="Mode"
          values={view.mode}
          any="Any mode"
          options={MODES}
          onChange={(value) => set({ mode: value ? [value] : [] })}
        />
      </div>
      {isFiltered(view) ? (
        <Link
          href={viewHref(path, { range: view.range, from: view.from, to: view.to, timezone: view.timezone })}
          className={buttonStyle({ tone: 'quiet' })}
        >
          <X aria-hidden="true" className="size-3.5" /> Clear
        </Link>
      ) : null}
      {range === 'custom' ? (
        <form
          className="flex w-full flex-wrap items-center gap-2"
          onSubmit={(event) => {
            event.preventDefault();
            const form = new FormData(event.currentTarget);
            set({ range: 'custom', from: String(form.get('from')), to: String(form.get('to')), timezone: timeZone });
          }}
        >
          <Input
            key={`f${view.from}`}
            type="datetime-local"
            name="from"
            aria-label="From"
            defaultValue={view.from ?? ''}
            className="w-auto"
          />
          <span className="text-ink-3">to</span>
          <Input
            key={`t${view.to}`}
            type="datetime-local"
            name="to"
            aria-label="To"
            defaultValue={view.to ?? ''}
            className="w-auto"
          />
          <Button type="submit">Apply</Button>
          <span className="text-ink-3 text-xs">{timeZone}</span>
        </form>
      ) : null}
    </div>
  );
}

const MODES = [
  { id: 'live', name: 'Live only' },
  { id: 'test', name: 'Test only' },
];

const SEVERAL = '\0several';

/**
 * A list for one value. Where the search box has chosen several, it says so and leaves them alone; one that is not in the list stands
 * in it as it is written.
 */
function Choose({
  label,
  values,
  any,
  options,
  isSet = values.length > 0,
  onChange,
}: {
  label: string;
  values: readonly string[];
  /** For none; absent where there always is one. */
  any?: string;
  options: readonly { id: string; name: string }[];
  isSet?: boolean;
  onChange: (value: string) => void;
}) {
  const [only] = values;
  const isOther = values.length === 1 && only !== undefined && !options.some(({ id }) => id === only);
  return (
    <Select
      aria-label={label}
      value={values.length > 1 ? SEVERAL : (only ?? '')}
      onChange={(event) => onChange(event.target.value)}
      className={classNames(
        'w-auto shrink-0 sm:max-w-36 [&>select]:border-line-strong',
        isSet && '[&>select]:border-accent [&>select]:bg-accent-soft',
      )}
    >
      {values.length > 1 ? (
        <option value={SEVERAL} disabled>
          {label}: {values.length} chosen
        </option>
      ) : null}
      {any ? <option value="">{any}</option> : null}
      {isOther ? <option value={only}>{only}</option> : null}
      {options.map(({ id, name }) => (
        <option key={id} value={id}>
          {name}
        </option>
      ))}
    </Select>
  );
}
