import { CHANNELS, type Channel } from '@/lib/domain/channel';
import type { Entities, Entity, Json } from '@/lib/domain/configuration/entities';
import { FALLBACK_AFTER_SECONDS } from '@/lib/domain/verification/limits';

/** The countries as a sheet: which cell holds what, how it is written as text, and what a block of text would change. */
export const SHEET_COLUMNS = [
  'mode',
  'channels',
  'fallbackOnFailed',
  'fallbackAfterSeconds',
  'defaultLocale',
  'priceWhatsapp',
  'priceSms',
  'sendsPerDayMax',
  'spendPerDayMaxMicros',
  'coverage',
] as const;
export type SheetColumn = (typeof SHEET_COLUMNS)[number];

/** Columns that share one field of the entity: a price is one channel of `prices`. */
const PRICE_OF = { priceWhatsapp: 'whatsapp', priceSms: 'sms' } as const satisfies Partial<
  Record<SheetColumn, Channel>
>;
const priceChannel = (column: SheetColumn): Channel | null =>
  column === 'priceWhatsapp' || column === 'priceSms' ? PRICE_OF[column] : null;

/** One wish for the draft; the shape of ConfigurationEdit. */
export type SheetEdit = { entity: string; field: string; value: Json };

export type Cell = {
  /** What the scope says itself; null inherits. */
  own: Json;
  /** What holds. */
  value: Json;
  /** The scope that it comes from: `country:BR`, `region:americas`, `global` or `built_in`. */
  from: string;
};

/** More hops than this in a chain of scopes is a mistake in the data. */
const HOPS_MAX = 5;

/** The scopes that a scope inherits from, itself first. */
export function chainOf(entities: Entities, scope: string): string[] {
  const chain: string[] = [];
  for (let at: Json | undefined = scope; typeof at === 'string' && chain.length < HOPS_MAX; ) {
    const entity: Entity | undefined = entities[`routes/${at}`];
    if (!entity) break;
    chain.push(at);
    at = entity.parent;
  }
  return chain;
}

/** What one cell shows: its own value, or the nearest one above it. */
export function cellOf(entities: Entities, scope: string, column: SheetColumn): Cell {
  const chain = chainOf(entities, scope);
  const own = ownValue(entities[`routes/${scope}`], column);
  for (const at of chain) {
    const value = ownValue(entities[`routes/${at}`], column);
    if (value !== null) return { own, value, from: at };
  }
  return { own, value: null, from: 'built_in' };
}

function ownValue(entity: Entity | undefined, column: SheetColumn): Json {
  const channel = priceChannel(column);
  if (channel === null) return entity?.[column] ?? null;
  return (entity?.prices as Entity | null | undefined)?.[channel] ?? null;
}

/** The edit that puts a value into a cell; null resets it to what it inherits. */
export function editOf(entities: Entities, scope: string, column: SheetColumn, value: Json): SheetEdit {
  const entity = `routes/${scope}`;
  const channel = priceChannel(column);
  if (channel === null) return { entity, field: column, value };
  const { [channel]: _, ...others } = (entities[entity]?.prices as Entity | null | undefined) ?? {};
  const prices = value === null ? others : { ...others, [channel]: value };
  return { entity, field: 'prices', value: Object.keys(prices).length > 0 ? prices : null };
}

/** Everything with some edits taken over: what the sheet shows before the server has answered. */
export function withEdits(entities: Entities, edits: readonly SheetEdit[]): Entities {
  const next: Record<string, Entity> = { ...entities };
  for (const { entity, field, value } of edits) next[entity] = { ...next[entity], [field]: value };
  return next;
}

/** The edits that take others back. */
export function inverseOf(entities: Entities, edits: readonly SheetEdit[]): SheetEdit[] {
  const seen = new Set<string>();
  return edits.flatMap(({ entity, field }) => {
    const key = `${entity}/${field}`;
    if (seen.has(key)) return [];
    seen.add(key);
    return [{ entity, field, value: entities[entity]?.[field] ?? null }];
  });
}

const WORDS = {
  mode: { automatic: 'automatic', user_choice: 'user choice', blocked: 'blocked' },
  coverage: { high: 'high', general: 'general', low: 'low', blocked: 'blocked' },
  fallbackOnFailed: { true: 'on', false: 'off' },
} as const;

/** The choices of a column that has some, as they are stored. */
export const CHOICES: Partial<Record<SheetColumn, readonly [value: Json, word: string][]>> = {
  mode: Object.entries(WORDS.mode),
  coverage: Object.entries(WORDS.coverage),
  fallbackOnFailed: [
    [true, 'on'],
    [false, 'off'],
  ],
};

/** A value as text: in the cell, on the clipboard and in CSV. Null is empty. Prices and caps on spend are US dollars. */
export function writeCell(column: SheetColumn, value: Json): string {
  if (value === null) return '';
  switch (column) {
    case 'mode':
      return WORDS.mode[value as keyof typeof WORDS.mode] ?? String(value);
    case 'coverage':
      return WORDS.coverage[value as keyof typeof WORDS.coverage] ?? String(value);
    case 'fallbackOnFailed':
      return value === true ? 'on' : 'off';
    case 'fallbackAfterSeconds':
      return value === 0 ? 'off' : String(value);
    case 'priceWhatsapp':
    case 'priceSms':
    case 'spendPerDayMaxMicros':
      return dollars(Number(value));
    case 'channels':
      return (value as readonly Entity[])
        .map(({ channel, enabled }) => `${String(channel)}${enabled === false ? ' off' : ''}`)
        .join(' > ');
    default:
      return String(value);
  }
}

/** Micros as dollars without rounding: 7500 → `0.0075`. */
function dollars(micros: number): string {
  const [whole, part = ''] = (micros / 1_000_000).toFixed(6).split('.');
  const kept = part.replace(/0+$/, '');
  return kept === '' ? String(whole) : `${whole}.${kept.padEnd(2, '0')}`;
}

export type ReadCell = { kind: 'value'; value: Json } | { kind: 'problem'; message: string };
const value = (of: Json): ReadCell => ({ kind: 'value', value: of });
const problem = (message: string): ReadCell => ({ kind: 'problem', message });

/**
 * What a person typed or pasted, as the value of a cell. Empty inherits. `before` is what the cell holds now: a new order of
 * channels keeps the connections of each. Bounds beyond the form of the text are the contract's to judge.
 */
export function readCell(column: SheetColumn, text: string, before: Json = null): ReadCell {
  const typed = text.trim();
  const plain = typed.toLowerCase();
  if (typed === '' || plain === 'inherit' || plain === 'inherits') return value(null);
  switch (column) {
    case 'mode':
    case 'coverage': {
      const known = Object.keys(WORDS[column]).find((name) => name === plain.replaceAll(/[\s-]/g, '_'));
      return known ? value(known) : problem(`One of: ${Object.values(WORDS[column]).join(', ')}`);
    }
    case 'fallbackOnFailed':
      if (['on', 'yes', 'true', '1'].includes(plain)) return value(true);
      if (['off', 'no', 'false', '0'].includes(plain)) return value(false);
      return problem('on or off');
    case 'fallbackAfterSeconds': {
      if (plain === 'off') return value(0);
      const seconds = wholeNumber(plain.replace(/\s*(s|sec|seconds)$/, ''));
      const { min, max } = FALLBACK_AFTER_SECONDS;
      if (seconds === null || (seconds !== 0 && (seconds < min || seconds > max))) {
        return problem(`off, or ${min} to ${max} seconds`);
      }
      return value(seconds);
    }
    case 'sendsPerDayMax': {
      const sends = plain === 'off' ? 0 : wholeNumber(plain.replaceAll(/[,\s]/g, ''));
      return sends === null ? problem('A whole number; 0 is no cap') : value(sends);
    }
    case 'priceWhatsapp':
    case 'priceSms':
    case 'spendPerDayMaxMicros': {
      const micros = microsOf(plain);
      return micros === null ? problem('US dollars, like 0.0075') : value(micros);
    }
    case 'defaultLocale':
      return /^[A-Za-z]{2,3}([-_][A-Za-z]{2,4})?$/.test(typed) ? value(typed) : problem('A language like pt_BR');
    case 'channels':
      return readChannels(plain, before);
  }
}

function readChannels(plain: string, before: Json): ReadCell {
  const known = Array.isArray(before) ? (before as readonly Entity[]) : [];
  const list: Entity[] = [];
  for (const part of plain.split(/\s*(?:>|→|,|;)\s*/).filter((each) => each !== '')) {
    const [name = '', state] = part.split(/\s+/);
    const channel = CHANNELS.find((each) => each === name);
    if (!channel || (state !== undefined && state !== 'off' && state !== 'on')) {
      return problem('Channels in order, like whatsapp > sms, with “off” after one that is off');
    }
    if (list.some((entry) => entry.channel === channel)) return problem(`${channel} stands there twice`);
    const connections = known.find((entry) => entry.channel === channel)?.connections ?? [];
    list.push({ channel, enabled: state !== 'off', connections });
  }
  return list.length > 0 ? value(list) : problem('At least one channel');
}

function wholeNumber(text: string): number | null {
  return /^\d{1,9}$/.test(text) ? Number(text) : null;
}

/** `$0.0075`, `0.0075`, `1,000.50`: micros; null for anything else or more than 6 digits after the point. */
function microsOf(text: string): number | null {
  const bare = text.replace(/^\$\s*/, '').replaceAll(',', '');
  return /^\d{1,9}(\.\d{1,6})?$/.test(bare) ? Math.round(Number(bare) * 1_000_000) : null;
}

export type Pasted = { edits: SheetEdit[]; problems: { scope: string; column: SheetColumn; message: string }[] };

/**
 * A block from a spreadsheet, laid onto the sheet from one cell on. One line or one cell fills the whole selection when
 * there is one (as spreadsheets do). What stands outside the sheet is left out; cells that cannot be read are named and the
 * others still counted, so that the person decides.
 */
export function pasteBlock(
  entities: Entities,
  text: string,
  at: { scopes: readonly string[]; columns: readonly SheetColumn[] },
): Pasted {
  const lines = text.replace(/\r\n?/g, '\n').replace(/\n$/, '').split('\n');
  const block = lines.map((line) => line.split('\t'));
  const result: Pasted = { edits: [], problems: [] };
  let state = entities;
  const isOneLine = block.length === 1;
  at.scopes.forEach((scope, row) => {
    const line = block[isOneLine ? 0 : row];
    if (!line) return;
    at.columns.forEach((column, across) => {
      const cell = line[line.length === 1 ? 0 : across];
      if (cell === undefined || (line.length === 1 && across > 0 && !isOneLine)) return;
      const read = readCell(column, cell, cellOf(state, scope, column).value);
      if (read.kind === 'problem') {
        result.problems.push({ scope, column, message: read.message });
        return;
      }
      const edit = editOf(state, scope, column, read.value);
      state = withEdits(state, [edit]);
      result.edits.push(edit);
    });
  });
  return result;
}

/** Cells as a block that a spreadsheet takes. */
export function copyBlock(entities: Entities, scopes: readonly string[], columns: readonly SheetColumn[]): string {
  return scopes
    .map((scope) => columns.map((column) => writeCell(column, cellOf(entities, scope, column).value)).join('\t'))
    .join('\n');
}

/** The edits that put one value into every cell of a selection. */
export function fillWith(
  entities: Entities,
  at: { scopes: readonly string[]; columns: readonly SheetColumn[] },
  valueFor: (column: SheetColumn) => Json,
): SheetEdit[] {
  let state = entities;
  return at.scopes.flatMap((scope) =>
    at.columns.map((column) => {
      // On what came before: two prices of a country are one field.
      const edit = editOf(state, scope, column, valueFor(column));
      state = withEdits(state, [edit]);
      return edit;
    }),
  );
}

/** A rectangle of cells by position, and further rows that were picked one by one. */
export type Selection = {
  top: number;
  /** The columns between its corners, both included. */
  left: number;
  scopes: readonly string[];
  columns: readonly SheetColumn[];
};

/**
 * Where a block lies down: one line fills the selection's rows, more lines take the rows from its top on; one cell across fills
 * its columns, more take the columns from its left on, however much is selected.
 */
export function placeOfBlock(
  text: string,
  selection: Selection,
  shown: readonly string[],
): { scopes: readonly string[]; columns: readonly SheetColumn[] } {
  const lines = text.replace(/\r\n?/g, '\n').replace(/\n$/, '').split('\n');
  const across = Math.max(...lines.map((line) => line.split('\t').length));
  return {
    scopes: lines.length > 1 ? shown.slice(selection.top, selection.top + lines.length) : selection.scopes,
    columns: across > 1 ? SHEET_COLUMNS.slice(selection.left, selection.left + across) : selection.columns,
  };
}
