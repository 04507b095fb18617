'use client';

import { X } from 'lucide-react';
import Link from 'next/link';
import { useQueryStates } from 'nuqs';
import { useTransition } from 'react';
import { Button, buttonStyle } from '@/components/ui/button';
import { classNames } from '@/components/ui/class-names';
import { Input } from '@/components/ui/input';
import { Select } from '@/components/ui/select';
import { RANGE_WORDS, RANGES, type RangeName, rangeBounds, wallTime } from '../verifications/range';
import { searchParams, type View } from './search-params';

/** What the log shows. A plain form whose answer is the address: it works without a script; with one, lists act at once. */
export function FilterBar({ view, actions, timeZone }: { view: View; actions: string[]; timeZone: string }) {
  const [isPending, startTransition] = useTransition();
  const [, setView] = useQueryStates(searchParams, { shallow: false, history: 'push', startTransition });
  const set = (change: Partial<View>) => setView({ ...change, after: null });
  const range: RangeName = view.range ?? (view.from || view.to ? 'custom' : '30d');
  const isFiltered = Boolean(view.actor || view.action || view.target || range !== '30d');
  const known = view.action && !actions.includes(view.action) ? [view.action, ...actions] : actions;

  const chooseRange = (name: RangeName) => {
    if (name !== 'custom') return set({ range: name, from: null, to: null, timezone: null });
    const now = new Date();
    const { after } = rangeBounds({ name: range === 'custom' ? '30d' : range, from: null, to: null }, now, timeZone);
    return set({ range: 'custom', from: wallTime(after, timeZone), to: wallTime(now, timeZone), timezone: timeZone });
  };

  return (
    <form
      method="get"
      action="/audit"
      aria-busy={isPending}
      onSubmit={(event) => {
        event.preventDefault();
        const form = new FormData(event.currentTarget);
        const text = (name: string) => String(form.get(name) ?? '').trim() || null;
        const times = range === 'custom' ? { range, from: text('from'), to: text('to'), timezone: timeZone } : {};
        set({ actor: text('actor'), target: text('target'), ...times });
      }}
      className={classNames('mb-4 flex flex-wrap items-center gap-2 transition-opacity', isPending && 'opacity-60')}
    >
      <Input
        key={`a${view.actor}`}
        name="actor"
        aria-label="Who: e-mail, key id or system part"
        placeholder="Who (e-mail)"
        defaultValue={view.actor ?? ''}
        spellCheck={false}
        autoComplete="off"
        className="w-full sm:w-52"
      />
      <Select
        name="action"
        aria-label="Action"
        value={view.action ?? ''}
        onChange={(event) => set({ action: event.target.value || null })}
        className="w-auto max-w-56"
      >
        <option value="">Any action</option>
        {known.map((action) => (
          <option key={action} value={action}>
            {action}
          </option>
        ))}
      </Select>
      <Input
        key={`t${view.target}`}
        name="target"
        aria-label="Target: the id of what was acted on"
        placeholder="Target (id)"
        defaultValue={view.target ?? ''}
        spellCheck={false}
        autoComplete="off"
        className="num w-full sm:w-52"
      />
      <Select
        name="range"
        aria-label="Time range"
        value={range}
        onChange={(event) => chooseRange(event.target.value as RangeName)}
        className="w-auto"
      >
        {RANGES.map((name) => (
          <option key={name} value={name}>
            {RANGE_WORDS[name]}
          </option>
        ))}
      </Select>
      {range === 'custom' ? (
        <span className="flex flex-wrap items-center gap-2">
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
            key={`u${view.to}`}
            type="datetime-local"
            name="to"
            aria-label="To"
            defaultValue={view.to ?? ''}
            className="w-auto"
          />
          <span className="text-ink-3 text-xs">{timeZone}</span>
          {/* Without a script the times are still read in the zone beside them. */}
          <input type="hidden" name="timezone" value={timeZone} />
        </span>
      ) : null}
      <Button type="submit">Apply</Button>
      {isFiltered ? (
        <Link href="/audit" className={buttonStyle({ tone: 'quiet' })}>
          <X aria-hidden="true" className="size-3.5" /> Clear
        </Link>
      ) : null}
    </form>
  );
}
