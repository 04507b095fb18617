'use client';

import { Redo2, Undo2 } from 'lucide-react';
import { Button } from '@/components/ui/button';
import { Input } from '@/components/ui/input';
import { Select } from '@/components/ui/select';
import type { SheetView } from '@/lib/domain/configuration/sheet-rows';
import { COVERAGES, REGIONS, SHOWN } from './search-params';

const SHOW_WORDS: Readonly<Record<SheetView['show'], string>> = {
  all: 'All countries',
  overridden: 'With overrides',
  drafted: 'In your draft',
  traffic: 'With traffic',
};
const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);

/** What the sheet shows, and the way back. */
export function SheetToolbar({
  view,
  onView,
  counted,
  undo,
  redo,
  mayWrite,
}: {
  view: SheetView;
  /** A field with null takes its filter away. */
  onView: (change: Partial<Record<keyof SheetView, string | null>>) => void;
  counted: string;
  undo: (() => void) | null;
  redo: (() => void) | null;
  mayWrite: boolean;
}) {
  return (
    <div className="flex flex-wrap items-center gap-2 border-line border-b p-3">
      <Input
        type="search"
        data-search=""
        aria-label="Search countries"
        placeholder="Search countries"
        className="w-full sm:w-52"
        value={view.q}
        onChange={(event) => onView({ q: event.target.value || null })}
      />
      <Filter
        label="Continent"
        all="Every continent"
        value={view.region}
        options={REGIONS.map((id) => [id, capital(id)])}
        onChange={(region) => onView({ region })}
      />
      <Filter
        label="Coverage"
        all="Any coverage"
        value={view.coverage}
        options={COVERAGES.map((id) => [id, `${capital(id)} coverage`])}
        onChange={(coverage) => onView({ coverage })}
      />
      <Filter
        label="Rows"
        value={view.show}
        options={SHOWN.map((id) => [id, SHOW_WORDS[id]])}
        onChange={(show) => onView({ show })}
      />
      <p className="text-ink-3 text-xs" aria-live="polite">
        {counted}
      </p>
      {mayWrite ? (
        <span className="ml-auto flex gap-1">
          <Button
            size="icon"
            tone="quiet"
            aria-label="Undo"
            title="Undo (Ctrl+Z)"
            disabled={undo === null}
            onClick={() => undo?.()}
          >
            <Undo2 aria-hidden="true" className="size-4" />
          </Button>
          <Button
            size="icon"
            tone="quiet"
            aria-label="Redo"
            title="Redo (Ctrl+Shift+Z)"
            disabled={redo === null}
            onClick={() => redo?.()}
          >
            <Redo2 aria-hidden="true" className="size-4" />
          </Button>
        </span>
      ) : null}
    </div>
  );
}

function Filter({
  label,
  all,
  value,
  options,
  onChange,
}: {
  label: string;
  all?: string;
  value: string | null;
  options: [string, string][];
  onChange: (value: string | null) => void;
}) {
  return (
    <Select
      aria-label={label}
      value={value ?? ''}
      onChange={(event) => onChange(event.target.value || null)}
      className="w-[calc(50%-0.25rem)] sm:w-auto sm:min-w-36"
    >
      {all ? <option value="">{all}</option> : null}
      {options.map(([id, words]) => (
        <option key={id} value={id}>
          {words}
        </option>
      ))}
    </Select>
  );
}
