import type { SheetColumn } from '@/lib/domain/configuration/sheet';

/** What a key does to the sheet. Moves are by rows and columns; further than the sheet goes is its edge. */
export type KeyCommand =
  | { do: 'move'; rows: number; columns: number; isExtending: boolean }
  | { do: 'begin'; typed: string | null }
  | { do: 'undo' | 'redo' | 'fill_down' | 'select_column' | 'deselect' | 'toggle' | 'inherit' }
  /** Not for the sheet, and for nobody else on the page either. */
  | { do: 'nothing' };

type Key = { key: string; ctrlKey: boolean; metaKey: boolean; altKey: boolean; shiftKey: boolean };

const MOVES: Readonly<Record<string, readonly [rows: number, columns: number]>> = {
  ArrowDown: [1, 0],
  ArrowUp: [-1, 0],
  ArrowRight: [0, 1],
  ArrowLeft: [0, -1],
  PageDown: [15, 0],
  PageUp: [-15, 0],
  Home: [0, Number.NEGATIVE_INFINITY],
  End: [0, Number.POSITIVE_INFINITY],
};

/** What a key means on a cell that is not being edited; null leaves it to the page and the browser. */
export function commandOf(event: Key, on: { column: SheetColumn; mayWrite: boolean }): KeyCommand | null {
  const { key, shiftKey: isExtending } = event;
  if (event.ctrlKey || event.metaKey) {
    switch (key.toLowerCase()) {
      case 'z':
        return { do: isExtending ? 'redo' : 'undo' };
      case 'y':
        return { do: 'redo' };
      case 'd':
        return on.mayWrite ? { do: 'fill_down' } : null;
      case 'a':
        return { do: 'select_column' };
      case 'home':
        return { do: 'move', rows: Number.NEGATIVE_INFINITY, columns: Number.NEGATIVE_INFINITY, isExtending };
      case 'end':
        return { do: 'move', rows: Number.POSITIVE_INFINITY, columns: Number.POSITIVE_INFINITY, isExtending };
      default:
        return null;
    }
  }
  if (event.altKey) return null;
  const move = Object.hasOwn(MOVES, key) ? MOVES[key] : undefined;
  if (move) return { do: 'move', rows: move[0], columns: move[1], isExtending };
  if (key === 'Escape') return { do: 'deselect' };
  if (!on.mayWrite) return null;
  if (key === 'Enter' || key === 'F2') return { do: 'begin', typed: null };
  if (key === 'Delete' || key === 'Backspace') return { do: 'inherit' };
  if (key === ' ') return on.column === 'fallbackOnFailed' ? { do: 'toggle' } : { do: 'nothing' };
  return key.length === 1 ? { do: 'begin', typed: key } : { do: 'nothing' };
}
