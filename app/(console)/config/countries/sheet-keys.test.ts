import { describe, expect, test } from 'vitest';
import { commandOf } from './sheet-keys';

const press = (keys: string, on: Partial<Parameters<typeof commandOf>[1]> = {}) => {
  const parts = keys.split('+');
  const key = parts.at(-1) ?? '';
  return commandOf(
    {
      key: key === 'Space' ? ' ' : key,
      ctrlKey: parts.includes('Ctrl'),
      metaKey: parts.includes('Cmd'),
      altKey: parts.includes('Alt'),
      shiftKey: parts.includes('Shift'),
    },
    { column: 'mode', mayWrite: true, ...on },
  );
};

describe('a key on a cell', () => {
  test.each([
    ['ArrowDown', { do: 'move', rows: 1, columns: 0, isExtending: false }],
    ['Shift+ArrowLeft', { do: 'move', rows: 0, columns: -1, isExtending: true }],
    ['Home', { do: 'move', rows: 0, columns: Number.NEGATIVE_INFINITY, isExtending: false }],
    ['Ctrl+End', { do: 'move', rows: Number.POSITIVE_INFINITY, columns: Number.POSITIVE_INFINITY, isExtending: false }],
    ['Ctrl+z', { do: 'undo' }],
    ['Cmd+Shift+Z', { do: 'redo' }],
    ['Ctrl+y', { do: 'redo' }],
    ['Ctrl+d', { do: 'fill_down' }],
    ['Ctrl+a', { do: 'select_column' }],
    ['Escape', { do: 'deselect' }],
    ['Enter', { do: 'begin', typed: null }],
    ['4', { do: 'begin', typed: '4' }],
    ['Shift+W', { do: 'begin', typed: 'W' }],
    ['Delete', { do: 'inherit' }],
    ['Space', { do: 'nothing' }],
    ['Tab', { do: 'nothing' }],
    ['Ctrl+c', null],
    ['Ctrl+ArrowDown', null],
    ['Alt+ArrowLeft', null],
  ] as const)('%s', (keys, expected) => {
    expect(press(keys)).toEqual(expected);
  });

  test('Space turns over what is on or off', () => {
    expect(press('Space', { column: 'fallbackOnFailed' })).toEqual({ do: 'toggle' });
  });

  test('whoever may only read moves and copies, and every other key is the page’s', () => {
    expect(press('ArrowDown', { mayWrite: false })).toMatchObject({ do: 'move' });
    for (const keys of ['Enter', '4', '/', 'Delete', 'Space', 'Ctrl+d', 'Tab']) {
      expect(press(keys, { mayWrite: false }), keys).toBeNull();
    }
  });
});
