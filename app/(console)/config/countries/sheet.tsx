'use client';

import { useVirtualizer } from '@tanstack/react-virtual';
import { Redo2, Undo2 } from 'lucide-react';
import { useQueryStates } from 'nuqs';
import {
  type ClipboardEvent,
  type KeyboardEvent,
  type MouseEvent,
  useCallback,
  useEffect,
  useMemo,
  useRef,
  useState,
  useTransition,
} from 'react';
import { Button } from '@/components/ui/button';
import { FormMessage } from '@/components/ui/form-message';
import { Input } from '@/components/ui/input';
import { Kbd } from '@/components/ui/kbd';
import { Panel } from '@/components/ui/panel';
import { Select } from '@/components/ui/select';
import type { Entities, Json } from '@/lib/domain/configuration/entities';
import {
  CHOICES,
  cellOf,
  copyBlock,
  editOf,
  inverseOf,
  pasteBlock,
  readCell,
  type SheetColumn,
  type SheetEdit,
  withEdits,
  writeCell,
} from '@/lib/domain/configuration/sheet';
import type { RouteChannel } from '@/lib/domain/routing/country-route';
import { saveEdits } from '../draft-actions';
import { ChannelsDialog, type ConnectionChoice } from './channels-dialog';
import { COLUMNS, FIGURES, NAME_WIDTH, ROW_HEIGHT } from './columns';
import { type SheetRow, scopeName } from './rows';
import { SHOWN, searchParams } from './search-params';
import { FigureCell, NameCell, SheetCell } from './sheet-cell';

type View = { q: string; region: string | null; coverage: string | null; show: (typeof SHOWN)[number] };
type At = { row: number; column: number };
type Step = { edits: SheetEdit[]; inverse: SheetEdit[] };

const REGIONS = ['africa', 'americas', 'asia', 'europe', 'oceania'] as const;
const COVERAGES = ['high', 'general', 'low', 'blocked', 'unknown'] as const;
const SHOW_WORDS = {
  all: 'All countries',
  overridden: 'With overrides',
  drafted: 'In your draft',
  traffic: 'With traffic',
};
/** What of a country's own counts as steering it: prices, language and coverage are facts that every country has. */
const STEERED: readonly SheetColumn[] = [
  'mode',
  'channels',
  'fallbackOnFailed',
  'fallbackAfterSeconds',
  'sendsPerDayMax',
  'spendPerDayMaxMicros',
];
const columnIds = COLUMNS.map(({ id }) => id);
const gridWidth = NAME_WIDTH + [...COLUMNS, ...FIGURES].reduce((sum, { width }) => sum + width, 0);
const template = [NAME_WIDTH, ...[...COLUMNS, ...FIGURES].map(({ width }) => width)].map((w) => `${w}px`).join(' ');

/**
 * Every country in one grid that behaves like a sheet: what is inherited is a ghost, what is its own is bold, what is in the
 * draft is marked. Edits go into the person's draft; nothing here is live.
 */
export function Sheet({
  rows,
  live,
  draft,
  connections,
  view: firstView,
  mayWrite,
}: {
  rows: SheetRow[];
  live: Entities;
  draft: Entities;
  connections: ConnectionChoice[];
  view: View;
  mayWrite: boolean;
}) {
  const [view, setView] = useQueryStates(searchParams, { shallow: true, history: 'replace' });
  const shown = typeof window === 'undefined' ? firstView : view;
  const [pending, setPending] = useState<SheetEdit[]>([]);
  const [, startSaving] = useTransition();
  const [problem, setProblem] = useState<string | null>(null);
  const [said, setSaid] = useState('');
  const [undone, setUndone] = useState<Step[]>([]);
  const [done, setDone] = useState<Step[]>([]);
  const [anchor, setAnchor] = useState<At>({ row: 0, column: 0 });
  const [focus, setFocus] = useState<At>({ row: 0, column: 0 });
  const [extra, setExtra] = useState<ReadonlySet<string>>(new Set());
  const [editing, setEditing] = useState<string | null>(null);
  const [isOrdering, setOrdering] = useState(false);
  const scroller = useRef<HTMLDivElement>(null);

  const entities = useMemo(() => withEdits({ ...live, ...draft }, pending), [live, draft, pending]);
  const visible = useMemo(
    () => rows.filter((row) => isShown(row, shown, live, entities)),
    [rows, shown, live, entities],
  );

  const virtual = useVirtualizer({
    count: visible.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 8,
    // Before the browser has measured: what a screen holds, so that the page arrives with its rows.
    initialRect: { width: gridWidth, height: 640 },
  });

  const last = Math.max(0, visible.length - 1);
  const clamp = (at: At): At => ({
    row: Math.min(Math.max(at.row, 0), last),
    column: Math.min(Math.max(at.column, 0), columnIds.length - 1),
  });
  const selected = useMemo(() => {
    const [top, bottom] = [Math.min(anchor.row, focus.row), Math.max(anchor.row, focus.row)];
    const [left, right] = [Math.min(anchor.column, focus.column), Math.max(anchor.column, focus.column)];
    const scopes = visible
      .filter((row, at) => (at >= top && at <= bottom) || extra.has(row.scope))
      .map(({ scope }) => scope);
    return { scopes, columns: columnIds.slice(left, right + 1), left, right };
  }, [anchor, focus, extra, visible]);
  const selectedScopes = useMemo(() => new Set(selected.scopes), [selected.scopes]);

  const focusCell = useCallback(
    (at: At) => {
      virtual.scrollToIndex(at.row, { align: 'auto' });
      requestAnimationFrame(() => {
        const cell = document.getElementById(`cell-${at.row}-${at.column}`);
        cell?.focus({ preventScroll: true });
        cell?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
      });
    },
    [virtual],
  );
  const go = (at: At, isExtending = false) => {
    const next = clamp(at);
    setFocus(next);
    if (!isExtending) {
      setAnchor(next);
      setExtra(new Set());
    }
    focusCell(next);
  };

  const send = (edits: SheetEdit[]) => {
    setPending((before) => [...before, ...edits]);
    setProblem(null);
    startSaving(async () => {
      const result = await saveEdits(edits as Parameters<typeof saveEdits>[0]).catch(() => null);
      setPending((before) => before.filter((edit) => !edits.includes(edit)));
      if (result?.kind === 'taken') return;
      const first = result?.problems[0];
      setProblem(
        first
          ? `${first.path ? `${placeOf(first.path)}: ` : ''}${first.message}. Nothing of it was kept.`
          : 'The server could not be reached. Nothing of it was kept.',
      );
    });
  };
  const apply = (edits: SheetEdit[], words: string) => {
    const real = edits.filter(
      ({ entity, field, value }) => JSON.stringify(entities[entity]?.[field] ?? null) !== JSON.stringify(value),
    );
    if (real.length === 0) return;
    setDone((steps) => [...steps.slice(-99), { edits: real, inverse: inverseOf(entities, real) }]);
    setUndone([]);
    setSaid(words);
    send(real);
  };
  const undo = () => {
    const step = done.at(-1);
    if (!step) return;
    setDone(done.slice(0, -1));
    setUndone([...undone, step]);
    setSaid('Undone');
    send(step.inverse);
  };
  const redo = () => {
    const step = undone.at(-1);
    if (!step) return;
    setUndone(undone.slice(0, -1));
    setDone([...done, step]);
    setSaid('Done again');
    send(step.edits);
  };

  /** One value into every selected cell of the columns. */
  const fill = (value: Json, columns: readonly SheetColumn[]) => {
    let state = entities;
    const edits: SheetEdit[] = [];
    for (const scope of selected.scopes) {
      for (const column of columns) {
        const edit = editOf(state, scope, column, value);
        state = withEdits(state, [edit]);
        edits.push(edit);
      }
    }
    apply(edits, `${edits.length} ${edits.length === 1 ? 'cell' : 'cells'} changed`);
  };

  const active = visible[focus.row];
  const column = columnIds[focus.column] ?? 'mode';

  const commit = (text: string, then: At | null) => {
    setEditing(null);
    if (active) {
      const read = readCell(column, text, cellOf(entities, active.scope, column).value);
      if (read.kind === 'problem') setProblem(`${active.name} · ${titleOf(column)}: ${read.message}`);
      else fill(read.value, [column]);
    }
    if (then) go(then);
    else focusCell(focus);
  };

  const begin = (text?: string) => {
    if (!mayWrite || !active) return;
    setProblem(null);
    if (column === 'channels' && text === undefined) setOrdering(true);
    else setEditing(text ?? writeCell(column, cellOf(entities, active.scope, column).value));
  };

  const onKeyDown = (event: KeyboardEvent) => {
    if (editing !== null || isOrdering) return;
    const meta = event.ctrlKey || event.metaKey;
    const step = (rowBy: number, columnBy: number) => {
      event.preventDefault();
      go({ row: focus.row + rowBy, column: focus.column + columnBy }, event.shiftKey);
    };
    if (meta && event.key.toLowerCase() === 'z') {
      event.preventDefault();
      if (event.shiftKey) redo();
      else undo();
    } else if (meta && event.key.toLowerCase() === 'y') {
      event.preventDefault();
      redo();
    } else if (meta && event.key.toLowerCase() === 'd' && mayWrite && active) {
      event.preventDefault();
      const top = visible[Math.min(anchor.row, focus.row)];
      if (top) for (const each of selected.columns) fill(cellOf(entities, top.scope, each).value, [each]);
    } else if (meta && event.key.toLowerCase() === 'a') {
      event.preventDefault();
      setAnchor({ row: 0, column: focus.column });
      setFocus({ row: last, column: focus.column });
    } else if (meta && event.key === 'Home') step(-visible.length, -columnIds.length);
    else if (meta && event.key === 'End') step(visible.length, columnIds.length);
    else if (meta || event.altKey) return;
    else if (event.key === 'ArrowDown') step(1, 0);
    else if (event.key === 'ArrowUp') step(-1, 0);
    else if (event.key === 'ArrowRight') step(0, 1);
    else if (event.key === 'ArrowLeft') step(0, -1);
    else if (event.key === 'PageDown') step(15, 0);
    else if (event.key === 'PageUp') step(-15, 0);
    else if (event.key === 'Home') step(0, -columnIds.length);
    else if (event.key === 'End') step(0, columnIds.length);
    else if (event.key === 'Escape') go(focus);
    else if (!mayWrite) return;
    else if (event.key === 'Enter' || event.key === 'F2') {
      event.preventDefault();
      begin();
    } else if (event.key === ' ' && column === 'fallbackOnFailed' && active) {
      event.preventDefault();
      fill(cellOf(entities, active.scope, column).value !== true, [column]);
    } else if (event.key === 'Delete' || event.key === 'Backspace') {
      event.preventDefault();
      fill(null, selected.columns);
    } else if (event.key.length === 1 && event.key !== ' ') {
      event.preventDefault();
      begin(event.key);
    }
    event.stopPropagation();
  };

  const onCopy = (event: ClipboardEvent) => {
    if (editing !== null) return;
    event.preventDefault();
    event.clipboardData.setData('text/plain', copyBlock(entities, selected.scopes, selected.columns));
    setSaid(`Copied ${selected.scopes.length * selected.columns.length} cells`);
  };
  const onPaste = (event: ClipboardEvent) => {
    if (editing !== null || !mayWrite) return;
    event.preventDefault();
    const text = event.clipboardData.getData('text/plain');
    const lines = text.replace(/\r?\n$/, '').split('\n');
    const across = Math.max(1, ...lines.map((line) => line.split('\t').length));
    // One line fills the selection; a block lies down from its first cell, however much is selected.
    const isBlock = lines.length > 1 || across > 1;
    const top = Math.min(anchor.row, focus.row);
    const scopes =
      lines.length > 1 ? visible.slice(top, top + lines.length).map(({ scope }) => scope) : selected.scopes;
    const columns = isBlock && across > 1 ? columnIds.slice(selected.left, selected.left + across) : selected.columns;
    const { edits, problems } = pasteBlock(entities, text, { scopes, columns });
    apply(edits, `Pasted ${edits.length} cells`);
    const [first] = problems;
    if (first) {
      setProblem(
        `${problems.length} ${problems.length === 1 ? 'cell was' : 'cells were'} not understood. ${scopeName(first.scope)} · ${titleOf(first.column)}: ${first.message}`,
      );
    }
  };

  const onCell = (at: At, event: MouseEvent) => {
    if (event.shiftKey) {
      setFocus(at);
      focusCell(at);
    } else if (event.ctrlKey || event.metaKey) {
      const scope = visible[at.row]?.scope;
      if (scope) setExtra(new Set([...extra, ...selected.scopes, scope]));
      setAnchor({ ...at, column: anchor.column });
      setFocus({ ...at, column: focus.column });
      focusCell({ ...at, column: focus.column });
    } else {
      setAnchor(at);
      setFocus(at);
      setExtra(new Set());
      focusCell(at);
    }
  };

  // Filtering may leave the active cell outside.
  useEffect(() => {
    setFocus((at) => (at.row > last ? { ...at, row: last } : at));
    setAnchor((at) => (at.row > last ? { ...at, row: last } : at));
  }, [last]);

  const cellCount = selected.scopes.length * selected.columns.length;
  const activeCell = active ? cellOf(entities, active.scope, column) : null;

  return (
    <Panel className="flex flex-col">
      <div className="flex flex-wrap items-center gap-2 border-line border-b p-3">
        <Input
          type="search"
          data-search=""
          aria-label="Search countries"
          placeholder="Search countries"
          className="w-full sm:w-52"
          value={shown.q}
          onChange={(event) => setView({ q: event.target.value || null })}
        />
        <Filter
          label="Continent"
          all="Every continent"
          value={shown.region}
          options={REGIONS.map((id) => [id, id.charAt(0).toUpperCase() + id.slice(1)])}
          onChange={(region) => setView({ region: region as never })}
        />
        <Filter
          label="Coverage"
          all="Any coverage"
          value={shown.coverage}
          options={COVERAGES.map((id) => [id, `${id.charAt(0).toUpperCase() + id.slice(1)} coverage`])}
          onChange={(coverage) => setView({ coverage: coverage as never })}
        />
        <Filter
          label="Rows"
          value={shown.show}
          options={SHOWN.map((id) => [id, SHOW_WORDS[id]])}
          onChange={(show) => setView({ show: show as never })}
        />
        <p className="text-ink-3 text-xs" aria-live="polite">
          {visible.length} of {rows.length}
        </p>
        {mayWrite ? (
          <span className="ml-auto flex gap-1">
            <Button
              size="icon"
              tone="quiet"
              aria-label="Undo"
              title="Undo (Ctrl+Z)"
              disabled={done.length === 0}
              onClick={undo}
            >
              <Undo2 aria-hidden="true" className="size-4" />
            </Button>
            <Button
              size="icon"
              tone="quiet"
              aria-label="Redo"
              title="Redo (Ctrl+Shift+Z)"
              disabled={undone.length === 0}
              onClick={redo}
            >
              <Redo2 aria-hidden="true" className="size-4" />
            </Button>
          </span>
        ) : null}
      </div>
      <div
        ref={scroller}
        role="grid"
        aria-label="Countries"
        aria-rowcount={visible.length + 1}
        aria-colcount={COLUMNS.length + FIGURES.length + 1}
        aria-multiselectable="true"
        aria-readonly={!mayWrite || undefined}
        className="relative h-[max(24rem,calc(100dvh-19rem))] overflow-auto overscroll-contain"
        onKeyDown={onKeyDown}
        onCopy={onCopy}
        onPaste={onPaste}
      >
        <div style={{ width: gridWidth }}>
          <div
            role="row"
            tabIndex={-1}
            aria-rowindex={1}
            className="sticky top-0 z-10 grid border-line border-b bg-surface text-ink-3 text-xs"
            style={{ gridTemplateColumns: template }}
          >
            <span
              role="columnheader"
              tabIndex={-1}
              className="sticky left-0 z-10 flex h-8 items-center border-line border-r bg-surface pl-4"
            >
              Country
            </span>
            {COLUMNS.map(({ id, title, hint }) => (
              <span key={id} role="columnheader" tabIndex={-1} title={hint} className="flex h-8 items-center px-2.5">
                {title}
              </span>
            ))}
            {FIGURES.map(({ id, title }, at) => (
              <span
                key={id}
                role="columnheader"
                tabIndex={-1}
                title="Live traffic of the last 7 days"
                className={`flex h-8 items-center justify-end px-2.5 ${at === 0 ? 'border-line border-l' : ''}`}
              >
                {title} 7d
              </span>
            ))}
          </div>
          <div role="rowgroup" tabIndex={-1} style={{ height: virtual.getTotalSize(), position: 'relative' }}>
            {virtual.getVirtualItems().map((item) => {
              const row = visible[item.index];
              if (!row) return null;
              const isSelectedRow = selectedScopes.has(row.scope);
              return (
                <div
                  key={row.scope}
                  role="row"
                  tabIndex={-1}
                  aria-rowindex={item.index + 2}
                  className={`absolute left-0 grid border-line border-b ${row.scope.startsWith('country:') ? '' : 'bg-sunken'}`}
                  style={{ gridTemplate: `100% / ${template}`, top: item.start, height: ROW_HEIGHT }}
                >
                  <NameCell row={row} />
                  {COLUMNS.map(({ id }, at) => {
                    const isActive = item.index === focus.row && at === focus.column;
                    return (
                      <SheetCell
                        key={id}
                        id={`cell-${item.index}-${at}`}
                        column={id}
                        rowName={row.name}
                        cell={cellOf(entities, row.scope, id)}
                        isDrafted={
                          JSON.stringify(cellOf(live, row.scope, id).own) !==
                          JSON.stringify(cellOf(entities, row.scope, id).own)
                        }
                        isActive={isActive}
                        isSelected={isSelectedRow && at >= selected.left && at <= selected.right}
                        editing={isActive ? editing : null}
                        choices={CHOICES[id] ?? null}
                        onPress={(event) => onCell({ row: item.index, column: at }, event)}
                        onOpen={() => begin()}
                        onCommit={(text, move) =>
                          commit(
                            text,
                            move === 'down'
                              ? { row: item.index + 1, column: at }
                              : move === 'right'
                                ? { row: item.index, column: at + 1 }
                                : move === 'left'
                                  ? { row: item.index, column: at - 1 }
                                  : null,
                          )
                        }
                        onCancel={() => {
                          setEditing(null);
                          focusCell(focus);
                        }}
                      />
                    );
                  })}
                  {FIGURES.map(({ id }, at) => (
                    <FigureCell key={id} figure={id} week={row.week} isFirst={at === 0} />
                  ))}
                </div>
              );
            })}
          </div>
        </div>
        {visible.length === 0 ? (
          <p className="p-10 text-center text-ink-3 text-sm">No country matches. Clear the search or a filter.</p>
        ) : null}
      </div>

      <div className="flex min-h-10 flex-wrap items-center gap-x-4 gap-y-1 border-line border-t px-4 py-2 text-ink-3 text-xs">
        {problem ? (
          <FormMessage tone="bad" className="w-full">
            {problem}
          </FormMessage>
        ) : null}
        <span>
          {active && activeCell ? (
            <>
              <span className="text-ink-2">
                {cellCount > 1 ? `${cellCount} cells` : `${active.name} · ${titleOf(column)}`}
              </span>
              {cellCount > 1
                ? null
                : activeCell.own === null
                  ? ` inherits from ${fromWords(activeCell.from)}`
                  : ' is its own'}
            </>
          ) : null}
        </span>
        <span role="status" className="text-ink-2">
          {said}
        </span>
        {mayWrite ? (
          <span className="ml-auto hidden items-center gap-3 lg:flex">
            <Hint keys={['Enter']}>edit, fills the selection</Hint>
            <Hint keys={['Shift', '↓']}>select</Hint>
            <Hint keys={['Del']}>inherit</Hint>
            <Hint keys={['Ctrl', 'D']}>fill down</Hint>
            <Hint keys={['Ctrl', 'V']}>paste</Hint>
            <Hint keys={['Ctrl', 'Z']}>undo</Hint>
          </span>
        ) : null}
      </div>

      {active && isOrdering ? (
        <ChannelsDialog
          title={
            selected.scopes.length > 1 ? `Channels of ${selected.scopes.length} entries` : `Channels of ${active.name}`
          }
          isOpen
          onClose={() => {
            setOrdering(false);
            focusCell(focus);
          }}
          value={(cellOf(entities, active.scope, 'channels').value ?? []) as unknown as RouteChannel[]}
          connections={connections}
          onSave={(list) => {
            setOrdering(false);
            fill(list as unknown as Json, ['channels']);
            focusCell(focus);
          }}
          onInherit={
            active.scope === 'global'
              ? null
              : () => {
                  setOrdering(false);
                  fill(null, ['channels']);
                  focusCell(focus);
                }
          }
        />
      ) : null}
    </Panel>
  );
}

const titleOf = (column: SheetColumn) => COLUMNS.find(({ id }) => id === column)?.title ?? column;
const fromWords = (scope: string) =>
  scope === 'built_in' ? 'the built-in default' : scope === 'global' ? 'every country' : scopeName(scope);

/** `routes/country:BR/fallbackAfterSeconds` → Brazil. */
function placeOf(path: string): string {
  const scope = path.split('/')[1];
  return scope ? scopeName(scope) : path;
}

function isShown(row: SheetRow, view: View, live: Entities, entities: Entities): boolean {
  const isCountry = row.scope.startsWith('country:');
  const typed = view.q.trim().toLowerCase();
  if (typed && !row.name.toLowerCase().includes(typed) && !row.scope.slice(-2).toLowerCase().includes(typed))
    return false;
  if (
    view.region &&
    (isCountry ? row.region !== view.region : row.scope !== `region:${view.region}` && row.scope !== 'global')
  )
    return false;
  if (view.coverage) {
    const coverage = cellOf(entities, row.scope, 'coverage').value ?? 'unknown';
    if (!isCountry || coverage !== view.coverage) return false;
  }
  if (view.show === 'overridden') return STEERED.some((column) => cellOf(entities, row.scope, column).own !== null);
  if (view.show === 'drafted')
    return JSON.stringify(live[`routes/${row.scope}`]) !== JSON.stringify(entities[`routes/${row.scope}`]);
  if (view.show === 'traffic') return (row.week?.messages ?? 0) > 0;
  return true;
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
      className="w-auto min-w-36"
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

function Hint({ keys, children }: { keys: string[]; children: string }) {
  return (
    <span className="inline-flex items-center gap-1">
      {keys.map((key) => (
        <Kbd key={key}>{key}</Kbd>
      ))}
      {children}
    </span>
  );
}
