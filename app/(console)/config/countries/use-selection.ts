import { type MouseEvent, useEffect, useMemo, useState } from 'react';
import { type Selection, SHEET_COLUMNS } from '@/lib/domain/configuration/sheet';
import type { SheetRow } from '@/lib/domain/configuration/sheet-rows';

export type At = { row: number; column: number };
const ORIGIN: At = { row: 0, column: 0 };

/**
 * Which cells are meant: a rectangle from where it began to the active cell, and rows picked one by one. `show` brings a cell into
 * sight and puts the keyboard on it.
 */
export function useSelection(visible: readonly SheetRow[], show: (at: At) => void) {
  const [anchor, setAnchor] = useState(ORIGIN);
  const [focus, setFocus] = useState(ORIGIN);
  const [extra, setExtra] = useState<ReadonlySet<string>>(new Set());
  const last = Math.max(0, visible.length - 1);

  const selection: Selection = useMemo(() => {
    const [top, bottom] = [Math.min(anchor.row, focus.row), Math.max(anchor.row, focus.row)];
    const [left, right] = [Math.min(anchor.column, focus.column), Math.max(anchor.column, focus.column)];
    const scopes = visible
      .filter((row, at) => (at >= top && at <= bottom) || extra.has(row.scope))
      .map(({ scope }) => scope);
    return { top, left, scopes, columns: SHEET_COLUMNS.slice(left, right + 1) };
  }, [anchor, focus, extra, visible]);

  const begin = (at: At) => {
    setAnchor(at);
    setFocus(at);
    setExtra(new Set());
  };

  /** To a cell, or to the edge where it lies beyond. */
  const go = (at: At, isExtending = false) => {
    const next = {
      row: Math.min(Math.max(at.row, 0), last),
      column: Math.min(Math.max(at.column, 0), SHEET_COLUMNS.length - 1),
    };
    if (isExtending) setFocus(next);
    else begin(next);
    show(next);
  };

  /** A press of the pointer: with Shift up to there, with Ctrl that row as well. */
  const press = (at: At, event: MouseEvent) => {
    if (event.shiftKey) {
      setFocus(at);
      show(at);
    } else if (event.ctrlKey || event.metaKey) {
      const scope = visible[at.row]?.scope;
      if (scope) setExtra(new Set([...extra, ...selection.scopes, scope]));
      setAnchor({ row: at.row, column: anchor.column });
      setFocus({ row: at.row, column: focus.column });
      show({ row: at.row, column: focus.column });
    } else {
      begin(at);
      show(at);
    }
  };

  const selectColumn = () => {
    setAnchor({ row: 0, column: focus.column });
    setFocus({ row: last, column: focus.column });
  };

  // Filtering may leave the active cell outside.
  useEffect(() => {
    setFocus((at) => (at.row > last ? { ...at, row: last } : at));
    setAnchor((at) => (at.row > last ? { ...at, row: last } : at));
  }, [last]);

  return { focus, selection, go, press, selectColumn };
}
