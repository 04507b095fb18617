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
import { searchParams, type View } from './search-params';
import { isFiltered } from './terms';

const SHOWN_CHANNELS = CHANNELS.filter((channel) => channel === 'whatsapp' || channel === 'sms');

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
            onChange={(value) => chooseRange(value as RangeName)}
          >
            {RANGES.map((name) => (
              <option key={name} value={name}>
                {RANGE_WORDS[name]}
              </option>
            ))}
          </Choose>
        ) : null}
        <Choose label="Channel" values={view.channel} onChange={(value) => set({ channel: value ? [value] : [] })}>
          <option value="">Any channel</option>
          {SHOWN_CHANNELS.map((channel) => (
            <option key={channel} value={channel}>
              {CHANNEL_WORDS[channel]}
            </option>
          ))}
        </Choose>
        <Choose label="Country" values={view.country} onChange={(value) => set({ country: value ? [value] : [] })}>
          <option value="">Any country</option>
          {named(choices.countries)}
        </Choose>
        <Choose label="Use case" values={view.use_case} onChange={(value) => set({ use_case: value ? [value] : [] })}>
          <option value="">Any use case</option>
          {named(choices.useCases)}
        </Choose>
        <Choose label="App" values={view.app} onChange={(value) => set({ app: value ? [value] : [] })}>
          <option value="">Any app</option>
          {named(choices.apps)}
        </Choose>
        <Choose label="Mode" values={view.mode} onChange={(value) => set({ mode: value ? [value] : [] })}>
          <option value="">Any mode</option>
          <option value="live">Live only</option>
          <option value="test">Test only</option>
        </Choose>
      </div>
      {isFiltered(view) ? (
        <Link href={path} className={buttonStyle({ tone: 'quiet' })}>
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

const named = (items: readonly { id: string; name: string }[]) =>
  items.map(({ id, name }) => (
    <option key={id} value={id}>
      {name}
    </option>
  ));

const SEVERAL = '\0several';

/** A list for one value. Where the search box has chosen several, it says so and leaves them alone. */
function Choose({
  label,
  values,
  isSet = values.length > 0,
  onChange,
  children,
}: {
  label: string;
  values: readonly string[];
  isSet?: boolean;
  onChange: (value: string) => void;
  children: React.ReactNode;
}) {
  return (
    <Select
      aria-label={label}
      value={values.length > 1 ? SEVERAL : (values[0] ?? '')}
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
      {children}
    </Select>
  );
}
