'use client';

import { useVirtualizer } from '@tanstack/react-virtual';
import dynamic from 'next/dynamic';
import { useQueryStates } from 'nuqs';
import { type KeyboardEvent, useCallback, useMemo, useRef, useState } from 'react';
import { Panel } from '@/components/ui/panel';
import { channelsIn, type Entities, type Json } from '@/lib/domain/configuration/entities';
import { CHOICES, cellOf, fillWith, readCell, SHEET_COLUMNS, writeCell } from '@/lib/domain/configuration/sheet';
import { isShown, type SheetRow, type SheetView } from '@/lib/domain/configuration/sheet-rows';
import type { ConnectionChoice } from './channels-dialog';
import { COLUMNS, FIGURES, GRID_COLUMNS, GRID_WIDTH, NAME_WIDTH, ROW_HEIGHT, titleOf } from './columns';
import { searchParams } from './search-params';
import { FigureCell, NameCell, SheetCell } from './sheet-cell';
import { SheetFoot } from './sheet-foot';
import { SheetHead } from './sheet-head';
import { commandOf } from './sheet-keys';
import { SheetToolbar } from './sheet-toolbar';
import { type At, useSelection } from './use-selection';
import { useSheetClipboard } from './use-sheet-clipboard';
import { useSheetEdits } from './use-sheet-edits';

/** Loaded when it is first opened. */
const ChannelsDialog = dynamic(() => import('./channels-dialog').then((all) => all.ChannelsDialog), { ssr: false });

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
  view: SheetView;
  mayWrite: boolean;
}) {
  const [view, setView] = useQueryStates(searchParams, { shallow: true, history: 'replace' });
  const shown = typeof window === 'undefined' ? firstView : view;
  const edits = useSheetEdits(live, draft);
  const { entities } = edits;
  const visible = useMemo(
    () => rows.filter((row) => isShown(row, shown, live, entities)),
    [rows, shown, live, entities],
  );

  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: visible.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 8,
    // Before the browser has measured: what a screen holds, so that the page arrives with its rows.
    initialRect: { width: 1_024, height: 640 },
  });
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

  const { focus, selection, go, press, selectColumn } = useSelection(visible, focusCell);
  const selectedScopes = useMemo(() => new Set(selection.scopes), [selection.scopes]);
  const active = visible[focus.row];
  const column = SHEET_COLUMNS[focus.column] ?? 'mode';

  /** The text that an editor begins with; null: no cell is being edited. */
  const [editing, setEditing] = useState<string | null>(null);
  const [isOrdering, setOrdering] = useState(false);
  const clipboard = useSheetClipboard({ edits, selection, visible, isEditing: editing !== null, mayWrite });

  const fill = (value: Json, columns = selection.columns) => {
    const filled = fillWith(entities, { scopes: selection.scopes, columns }, () => value);
    edits.apply(filled, changed(filled.length));
  };
  const fillDown = () => {
    const top = visible[selection.top];
    if (!top) return;
    const filled = fillWith(entities, selection, (each) => cellOf(entities, top.scope, each).value);
    edits.apply(filled, changed(filled.length));
  };

  const begin = (typed: string | null) => {
    if (!mayWrite || !active) return;
    edits.setProblem(null);
    if (column === 'channels' && typed === null) setOrdering(true);
    else setEditing(typed ?? writeCell(column, cellOf(entities, active.scope, column).value));
  };
  const commit = (text: string, then: At | null) => {
    setEditing(null);
    if (active) {
      const read = readCell(column, text, cellOf(entities, active.scope, column).value);
      if (read.kind === 'problem') edits.setProblem(`${active.name} · ${titleOf(column)}: ${read.message}`);
      else fill(read.value, [column]);
    }
    if (then) go(then);
    else focusCell(focus);
  };

  const onKeyDown = (event: KeyboardEvent) => {
    if (editing !== null || isOrdering) return;
    const command = commandOf(event, { column, mayWrite });
    if (!command) return;
    if (command.do !== 'nothing' && command.do !== 'deselect') event.preventDefault();
    event.stopPropagation();
    switch (command.do) {
      case 'move':
        return go({ row: focus.row + command.rows, column: focus.column + command.columns }, command.isExtending);
      case 'begin':
        return begin(command.typed);
      case 'undo':
        return edits.undo?.();
      case 'redo':
        return edits.redo?.();
      case 'fill_down':
        return fillDown();
      case 'select_column':
        return selectColumn();
      case 'deselect':
        return go(focus);
      case 'inherit':
        return fill(null);
      case 'toggle':
        return active ? fill(cellOf(entities, active.scope, column).value !== true, [column]) : undefined;
    }
  };

  const closeDialog = () => {
    setOrdering(false);
    focusCell(focus);
  };
  const cellCount = selection.scopes.length * selection.columns.length;

  return (
    <Panel className="flex flex-col">
      <SheetToolbar
        view={shown}
        onView={(change) => setView(change as Parameters<typeof setView>[0])}
        counted={`${visible.length} of ${rows.length}`}
        undo={edits.undo}
        redo={edits.redo}
        mayWrite={mayWrite}
      />
      <div
        ref={scroller}
        role="grid"
        aria-label="Countries"
        aria-rowcount={visible.length + 1}
        aria-colcount={COLUMNS.length + FIGURES.length + 1}
        aria-multiselectable="true"
        aria-readonly={!mayWrite || undefined}
        className="relative h-[max(24rem,calc(100dvh-20rem))] overflow-auto overscroll-contain"
        onKeyDown={onKeyDown}
        {...clipboard}
      >
        <div className={NAME_WIDTH} style={{ width: GRID_WIDTH }}>
          <SheetHead />
          <div role="rowgroup" tabIndex={-1} style={{ height: virtual.getTotalSize(), position: 'relative' }}>
            {virtual.getVirtualItems().map((item) => {
              const row = visible[item.index];
              if (!row) return null;
              return (
                <div
                  key={row.scope}
                  role="row"
                  tabIndex={-1}
                  aria-rowindex={item.index + 2}
                  className={`absolute left-0 grid border-line border-b ${row.scope.startsWith('country:') ? '' : 'bg-sunken'}`}
                  style={{ gridTemplate: `100% / ${GRID_COLUMNS}`, top: item.start, height: ROW_HEIGHT }}
                >
                  <NameCell row={row} />
                  {COLUMNS.map(({ id }, at) => {
                    const isActive = item.index === focus.row && at === focus.column;
                    const cell = cellOf(entities, row.scope, id);
                    return (
                      <SheetCell
                        key={id}
                        id={`cell-${item.index}-${at}`}
                        column={id}
                        rowName={row.name}
                        cell={cell}
                        isDrafted={JSON.stringify(cellOf(live, row.scope, id).own) !== JSON.stringify(cell.own)}
                        isActive={isActive}
                        isSelected={selectedScopes.has(row.scope) && selection.columns.includes(id)}
                        editing={isActive ? editing : null}
                        choices={CHOICES[id] ?? null}
                        onPress={(event) => press({ row: item.index, column: at }, event)}
                        onOpen={() => begin(null)}
                        onCommit={(text, move) => commit(text, neighbour({ row: item.index, column: at }, move))}
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

      <SheetFoot
        problem={edits.problem}
        place={!active ? null : cellCount > 1 ? `${cellCount} cells` : `${active.name} · ${titleOf(column)}`}
        cell={active && cellCount === 1 ? cellOf(entities, active.scope, column) : null}
        said={edits.said}
        mayWrite={mayWrite}
      />

      {active && isOrdering ? (
        <ChannelsDialog
          title={
            selection.scopes.length > 1
              ? `Channels of ${selection.scopes.length} entries`
              : `Channels of ${active.name}`
          }
          isOpen
          onClose={closeDialog}
          value={channelsIn(cellOf(entities, active.scope, 'channels').value)}
          connections={connections}
          onSave={(list) => {
            fill(list as unknown as Json, ['channels']);
            closeDialog();
          }}
          onInherit={
            active.scope === 'global'
              ? null
              : () => {
                  fill(null, ['channels']);
                  closeDialog();
                }
          }
        />
      ) : null}
    </Panel>
  );
}

const changed = (n: number) => `${n} ${n === 1 ? 'cell' : 'cells'} changed`;

function neighbour({ row, column }: At, move: 'down' | 'right' | 'left' | 'stay'): At | null {
  if (move === 'stay') return null;
  return move === 'down' ? { row: row + 1, column } : { row, column: column + (move === 'right' ? 1 : -1) };
}
