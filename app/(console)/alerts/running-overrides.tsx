import { Shuffle } from 'lucide-react';
import Link from 'next/link';
import { CountryName } from '@/components/console/country';
import { TimeStamp } from '@/components/console/time-stamp';
import { SubmitButton } from '@/components/ui/submit-button';
import type { OverrideRow } from '@/lib/operations/overrides/list';
import { endFallbackFirst } from './actions';

/** What somebody put in place for a while, and the way to end it early. Started in one act is shown as one. */
export function RunningOverrides({
  overrides,
  timeZone,
  mayManage,
  back,
}: {
  overrides: readonly OverrideRow[];
  timeZone: string;
  mayManage: boolean;
  back: string;
}) {
  const acts = new Map<string, OverrideRow[]>();
  for (const row of overrides) {
    const key = `${row.until.getTime()} ${row.reason}`;
    acts.set(key, [...(acts.get(key) ?? []), row]);
  }
  if (acts.size === 0) return null;
  return (
    <ul
      aria-label="Fallback first"
      className="mb-4 divide-y divide-line rounded-panel border border-line bg-warn-soft text-sm"
    >
      {[...acts].map(([key, rows]) => {
        const [first] = rows;
        if (!first) return null;
        return (
          <li key={key} className="flex flex-wrap items-center gap-x-3 gap-y-1.5 px-4 py-2.5 text-ink">
            <Shuffle aria-hidden="true" className="size-4 shrink-0 text-warn" />
            <span className="min-w-0 flex-1">
              <span className="font-medium">Fallback first</span> in{' '}
              {rows.slice(0, 6).map(({ country }, at) => (
                <span key={country}>
                  {at > 0 ? ', ' : ''}
                  <Link href={`/config/countries/${country}`} className="ml-1 hover:underline">
                    <CountryName country={country} />
                  </Link>
                </span>
              ))}
              {rows.length > 6 ? ` and ${rows.length - 6} more` : ''}
              <span className="block text-ink-2 text-xs">
                {first.reason} · {first.actor.email ?? first.actor.what ?? first.actor.kind} · until{' '}
                <TimeStamp at={first.until} timeZone={timeZone} />, then it ends by itself
              </span>
            </span>
            {mayManage ? (
              <form action={endFallbackFirst}>
                <input type="hidden" name="countries" value={rows.map(({ country }) => country).join(',')} />
                <input type="hidden" name="back" value={back} />
                <SubmitButton tone="secondary" size="small">
                  End it now
                </SubmitButton>
              </form>
            ) : null}
          </li>
        );
      })}
    </ul>
  );
}
