'use client';

import { Search, X } from 'lucide-react';
import Link from 'next/link';
import { useSearchParams } from 'next/navigation';
import { useQueryStates } from 'nuqs';
import { useTransition } from 'react';
import { CHANNEL_WORDS } from '@/components/console/words';
import { Button, buttonStyle } from '@/components/ui/button';
import { classNames } from '@/components/ui/class-names';
import { Input } from '@/components/ui/input';
import { Kbd } from '@/components/ui/kbd';
import { Select } from '@/components/ui/select';
import { CHANNELS } from '@/lib/domain/channel';
import { search } from './actions';
import { RANGE_WORDS, RANGES, type RangeName, rangeBounds, wallTime } from './range';
import { searchParams, type View } from './search-params';

type Choice = { id: string; name: string };
type Choices = { apps: Choice[]; useCases: Choice[]; countries: Choice[] };
const SHOWN_CHANNELS = CHANNELS.filter((channel) => channel === 'whatsapp' || channel === 'sms');

/** What the list shows. Every choice is written into the address at once; the search box goes through the server. */
export function FilterBar({ view, timeZone, choices }: { view: View; timeZone: string; choices: Choices }) {
  const [isPending, startTransition] = useTransition();
  const [, setView] = useQueryStates(searchParams, { shallow: false, history: 'push', startTransition });
  const address = useSearchParams().toString();
  const set = (change: Partial<View>) => setView({ ...change, after: null });
  const range: RangeName =
    view.range ?? (view.from || view.to ? 'custom' : view.number || view.reference ? '90d' : '24h');
  const isFiltered =
    view.status.length > 0 ||
    view.channel ||
    view.country ||
    view.use_case ||
    view.app ||
    view.mode ||
    view.number ||
    view.reference;

  const chooseRange = (name: RangeName) => {
    if (name !== 'custom') return set({ range: name, from: null, to: null });
    const now = new Date();
    const { after } = rangeBounds({ name: range === 'custom' ? '24h' : range, from: null, to: null }, now, timeZone);
    return set({ range: 'custom', from: wallTime(after, timeZone), to: wallTime(now, timeZone) });
  };

  return (
    <div
      className={classNames('mb-4 flex flex-wrap items-center gap-2 transition-opacity', isPending && 'opacity-60')}
      aria-busy={isPending}
    >
      <search className="w-full sm:w-52">
        {/* The action serves browsers before their scripts have run; afterwards React would empty the box when it is done. */}
        <form
          action={search}
          onSubmit={(event) => {
            event.preventDefault();
            const wanted = new FormData(event.currentTarget);
            startTransition(() => search(wanted));
          }}
          className="relative"
        >
          <input type="hidden" name="view" value={address} />
          <Search
            aria-hidden="true"
            className="pointer-events-none absolute top-1/2 left-2.5 z-10 size-3.5 -translate-y-1/2 text-ink-3"
          />
          <Input
            key={`${view.reference}${view.number}`}
            name="search"
            type="search"
            data-search=""
            aria-label="Search by verification id, reference or full number"
            placeholder="vrf_…, reference or +number"
            defaultValue={view.reference ?? ''}
            autoComplete="off"
            spellCheck={false}
            className="pr-8 pl-8 [&::-webkit-search-cancel-button]:hidden"
          />
          <Kbd className="pointer-events-none absolute top-1/2 right-1.5 hidden -translate-y-1/2 sm:inline-flex">/</Kbd>
        </form>
      </search>
      <div className="flex gap-2 max-sm:-mx-4 max-sm:w-[calc(100%+2rem)] max-sm:overflow-x-auto max-sm:px-4 max-sm:py-1 sm:contents">
        <Choose
          label="Time range"
          value={range}
          isSet={range !== '24h'}
          onChange={(value) => chooseRange(value as RangeName)}
        >
          {RANGES.map((name) => (
            <option key={name} value={name}>
              {RANGE_WORDS[name]}
            </option>
          ))}
        </Choose>
        <Choose
          label="Channel"
          value={view.channel ?? ''}
          isSet={view.channel !== null}
          onChange={(value) => set({ channel: (value || null) as View['channel'] })}
        >
          <option value="">Any channel</option>
          {SHOWN_CHANNELS.map((channel) => (
            <option key={channel} value={channel}>
              {CHANNEL_WORDS[channel]}
            </option>
          ))}
        </Choose>
        <Choose
          label="Country"
          value={view.country ?? ''}
          isSet={view.country !== null}
          onChange={(value) => set({ country: value || null })}
        >
          <option value="">Any country</option>
          {choices.countries.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </Choose>
        <Choose
          label="Use case"
          value={view.use_case ?? ''}
          isSet={view.use_case !== null}
          onChange={(value) => set({ use_case: value || null })}
        >
          <option value="">Any use case</option>
          {choices.useCases.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </Choose>
        <Choose
          label="App"
          value={view.app ?? ''}
          isSet={view.app !== null}
          onChange={(value) => set({ app: value || null })}
        >
          <option value="">Any app</option>
          {choices.apps.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </Choose>
        <Choose
          label="Mode"
          value={view.mode ?? ''}
          isSet={view.mode !== null}
          onChange={(value) => set({ mode: (value || null) as View['mode'] })}
        >
          <option value="">Any mode</option>
          <option value="live">Live only</option>
          <option value="test">Test only</option>
        </Choose>
      </div>
      {isFiltered ? (
        <Link href="/verifications" className={buttonStyle({ tone: 'quiet' })}>
          <X aria-hidden="true" className="size-3.5" /> Clear
        </Link>
      ) : null}
      {range === 'custom' ? (
        <form
          className="flex w-full flex-wrap items-center gap-2"
          onSubmit={(event) => {
            event.preventDefault();
            const form = new FormData(event.currentTarget);
            set({ range: 'custom', from: String(form.get('from')), to: String(form.get('to')) });
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

function Choose({
  label,
  value,
  isSet,
  onChange,
  children,
}: {
  label: string;
  value: string;
  isSet: boolean;
  onChange: (value: string) => void;
  children: React.ReactNode;
}) {
  return (
    <Select
      aria-label={label}
      value={value}
      onChange={(event) => onChange(event.target.value)}
      className={classNames(
        'w-auto shrink-0 sm:max-w-32 [&>select]:border-line-strong',
        isSet && '[&>select]:border-accent [&>select]:bg-accent-soft',
      )}
    >
      {children}
    </Select>
  );
}
