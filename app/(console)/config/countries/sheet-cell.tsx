'use client';

import Link from 'next/link';
import type { KeyboardEvent, MouseEvent } from 'react';
import { CHANNEL_INK, ChannelGlyph } from '@/components/console/channel-badge';
import { Flag } from '@/components/console/country';
import { count, DASH, money } from '@/components/console/format';
import { CHANNEL_WORDS } from '@/components/console/words';
import { classNames } from '@/components/ui/class-names';
import { channelsIn, type Json } from '@/lib/domain/configuration/entities';
import { type Cell, type SheetColumn, writeCell } from '@/lib/domain/configuration/sheet';
import type { SheetRow, WeekFigures } from '@/lib/domain/configuration/sheet-rows';
import type { FIGURES } from './columns';
import { scopeName } from './scope-name';

type Move = 'down' | 'right' | 'left' | 'stay';

/** One cell: a ghost when it inherits, bold when it is its own, marked when the draft changes it. */
export function SheetCell({
  id,
  column,
  rowName,
  cell,
  isDrafted,
  isActive,
  isSelected,
  editing,
  choices,
  onPress,
  onOpen,
  onCommit,
  onCancel,
}: {
  id: string;
  column: SheetColumn;
  rowName: string;
  cell: Cell;
  isDrafted: boolean;
  isActive: boolean;
  isSelected: boolean;
  /** The text to begin with, or null when the cell is not being edited. */
  editing: string | null;
  choices: readonly [value: Json, word: string][] | null;
  onPress: (event: MouseEvent) => void;
  onOpen: () => void;
  onCommit: (text: string, move: Move) => void;
  onCancel: () => void;
}) {
  const text = writeCell(column, cell.value);
  const shown = column === 'fallbackAfterSeconds' && text !== '' && text !== 'off' ? `${text} s` : text;
  const isOwn = cell.own !== null;
  const says = `${shown === '' ? 'not set' : shown}${isOwn ? '' : `, inherited from ${cell.from === 'built_in' ? 'the built-in default' : scopeName(cell.from)}`}${isDrafted ? ', changed in your draft' : ''}`;
  return (
    <div
      id={id}
      role="gridcell"
      tabIndex={isActive ? 0 : -1}
      aria-selected={isSelected}
      aria-label={editing === null ? says : undefined}
      onClick={editing === null ? onPress : undefined}
      onDoubleClick={editing === null ? onOpen : undefined}
      className={classNames(
        'relative flex min-w-0 cursor-cell select-none items-center px-2.5 text-sm outline-none',
        isSelected && 'bg-accent-soft',
        isActive && 'z-[1] ring-2 ring-accent ring-inset',
        isOwn ? 'font-medium text-ink' : 'text-ink-3',
      )}
    >
      {isDrafted ? (
        <span
          aria-hidden="true"
          className="absolute top-0 left-0 border-t-[7px] border-t-accent border-r-[7px] border-r-transparent"
        />
      ) : null}
      {editing === null ? (
        column === 'channels' ? (
          <Channels value={cell.value} />
        ) : (
          <span className="num truncate">{shown === '' ? DASH : shown}</span>
        )
      ) : choices ? (
        <ChoiceEditor choices={choices} first={editing} label={rowName} onCommit={onCommit} onCancel={onCancel} />
      ) : (
        <TextEditor first={editing} label={rowName} onCommit={onCommit} onCancel={onCancel} />
      )}
    </div>
  );
}

/** Keys of an editor: Enter goes down, Tab along, Escape gives up. */
function editorKeys(
  event: KeyboardEvent,
  text: () => string,
  onCommit: (text: string, move: Move) => void,
  onCancel: () => void,
) {
  if (event.key === 'Enter') {
    event.preventDefault();
    event.stopPropagation();
    onCommit(text(), 'down');
  } else if (event.key === 'Tab') {
    event.preventDefault();
    event.stopPropagation();
    onCommit(text(), event.shiftKey ? 'left' : 'right');
  } else if (event.key === 'Escape') {
    event.preventDefault();
    event.stopPropagation();
    onCancel();
  }
}

const editorLook =
  'absolute inset-0 w-full bg-raised px-2.5 text-ink text-sm outline-2 outline-accent -outline-offset-2';

function TextEditor({
  first,
  label,
  onCommit,
  onCancel,
}: {
  first: string;
  label: string;
  onCommit: (text: string, move: Move) => void;
  onCancel: () => void;
}) {
  return (
    <input
      autoFocus
      aria-label={label}
      defaultValue={first}
      onFocus={(event) => event.target.setSelectionRange(first.length === 1 ? 1 : 0, first.length)}
      onKeyDown={(event) => editorKeys(event, () => event.currentTarget.value, onCommit, onCancel)}
      onBlur={(event) => {
        if (event.target.isConnected && event.target.value !== first) onCommit(event.target.value, 'stay');
        else onCancel();
      }}
      className={classNames('num', editorLook)}
    />
  );
}

function ChoiceEditor({
  choices,
  first,
  label,
  onCommit,
  onCancel,
}: {
  choices: readonly [value: Json, word: string][];
  first: string;
  label: string;
  onCommit: (text: string, move: Move) => void;
  onCancel: () => void;
}) {
  const typed = choices.find(([, word]) => word.startsWith(first.toLowerCase()))?.[1] ?? '';
  return (
    <select
      autoFocus
      aria-label={label}
      defaultValue={typed}
      onKeyDown={(event) => editorKeys(event, () => event.currentTarget.value, onCommit, onCancel)}
      onChange={(event) => onCommit(event.target.value, 'stay')}
      onBlur={onCancel}
      className={editorLook}
    >
      <option value="">inherit</option>
      {choices.map(([, word]) => (
        <option key={word} value={word}>
          {word}
        </option>
      ))}
    </select>
  );
}

function Channels({ value }: { value: Json }) {
  const list = channelsIn(value);
  if (list.length === 0) return <span>{DASH}</span>;
  return (
    <span className="flex items-center gap-1">
      {list.map(({ channel, enabled, connections }, at) => (
        <span
          key={channel}
          title={`${CHANNEL_WORDS[channel]}${enabled ? '' : ', off'}`}
          className={classNames(
            'inline-flex items-center gap-1',
            enabled ? CHANNEL_INK[channel] : 'text-ink-3 line-through opacity-60',
          )}
        >
          {at > 0 ? <span className="text-ink-3">›</span> : null}
          <ChannelGlyph channel={channel} className="size-3.5" />
          <span className="text-xs">{CHANNEL_WORDS[channel]}</span>
          {connections.length > 1 ? (
            <span className="num text-2xs text-ink-3">{connections.map(({ weight }) => weight).join(':')}</span>
          ) : null}
        </span>
      ))}
    </span>
  );
}

/** The name stays in sight while the sheet moves sideways. */
export function NameCell({ row }: { row: SheetRow }) {
  const country = /^country:([A-Z]{2})$/.exec(row.scope)?.[1];
  return (
    <div
      role="rowheader"
      tabIndex={-1}
      className={classNames(
        'sticky left-0 z-[2] flex min-w-0 items-center gap-2 border-line border-r pr-1.5 pl-4 text-sm',
        country ? 'bg-surface' : 'bg-sunken font-medium',
      )}
    >
      {country ? (
        <>
          <Flag country={country} />
          <Link
            href={`/config/countries/${country}`}
            prefetch={false}
            tabIndex={-1}
            className="truncate hover:underline"
          >
            {row.name}
          </Link>
        </>
      ) : (
        <span className="truncate">
          {row.name}
          <span className="ml-2 font-normal text-ink-3 text-xs max-sm:hidden">
            {row.scope === 'global' ? 'inherited by all' : 'region'}
          </span>
        </span>
      )}
    </div>
  );
}

/** Under this many a rate says little. */
const LOW_SAMPLE = 30;

/** Last seven days, beside what steers them. No data is a dash, never 0 %. */
export function FigureCell({
  figure,
  week,
  isFirst,
}: {
  figure: (typeof FIGURES)[number]['id'];
  week: WeekFigures;
  isFirst: boolean;
}) {
  return (
    <div
      role="gridcell"
      tabIndex={-1}
      className={classNames(
        'num flex items-center justify-end gap-1.5 px-2.5 text-sm',
        isFirst && 'border-line border-l',
      )}
    >
      {figureOf(figure, week)}
    </div>
  );
}

function figureOf(figure: (typeof FIGURES)[number]['id'], week: WeekFigures) {
  if (week === null) return DASH;
  if (figure === 'messages') return week.messages === 0 ? <span className="text-ink-3">0</span> : count(week.messages);
  if (figure === 'cost') return week.messages === 0 ? DASH : money(week.costMicros);
  const [part, whole] = figure === 'delivery' ? [week.delivered, week.submitted] : [week.approved, week.ended];
  if (whole === 0) return <span className="text-ink-3">{DASH}</span>;
  const isLow = whole < LOW_SAMPLE;
  return (
    <span
      title={`${count(part)} of ${count(whole)}${isLow ? ': a low sample' : ''}`}
      className={classNames('inline-flex items-baseline gap-1.5', isLow && 'text-ink-3')}
    >
      {((100 * part) / whole).toFixed(1)} %<span className="text-2xs text-ink-3">n {count(whole)}</span>
    </span>
  );
}
