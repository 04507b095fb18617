import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import type { Actor } from '@/lib/domain/actor';
import { type Change, changesOf, type Entities, type Entity, withDraft } from '@/lib/domain/configuration/entities';
import {
  cellOf,
  editOf,
  readCell,
  SHEET_COLUMNS,
  type SheetColumn,
  type SheetEdit,
  withEdits,
  writeCell,
} from '@/lib/domain/configuration/sheet';
import { permit } from '@/lib/domain/permissions';
import { readDraft } from '@/lib/operations/configuration/read-draft';

/** The table as a file: one line per scope. What a scope says itself, and beside it what holds; only the first is read back. */
const HEADINGS: Readonly<Record<SheetColumn, string>> = {
  mode: 'mode',
  channels: 'channels',
  fallbackOnFailed: 'fallback_on_failed',
  fallbackAfterSeconds: 'fallback_after_seconds',
  defaultLocale: 'default_locale',
  priceWhatsapp: 'price_whatsapp_usd',
  priceSms: 'price_sms_usd',
  sendsPerDayMax: 'codes_per_day_max',
  spendPerDayMaxMicros: 'spend_per_day_max_usd',
  coverage: 'coverage',
};
export const TABLE_BYTES_MAX = 1_000_000;
const ROWS_MAX = 500;

/** routes.export: the whole table as CSV, with the person's draft taken over. Cells that a spreadsheet would run are defused. */
export async function exportRoutes(actor: Actor): Promise<string> {
  permit(actor, 'config:read');
  const { live, draft } = await readDraft(actor);
  return writeTable(withDraft(live, draft));
}

export function writeTable(entities: Entities): string {
  const scopes = Object.keys(entities)
    .flatMap((key) => (key.startsWith('routes/') ? [key.slice(7)] : []))
    .sort();
  const rows = scopes.map((scope) => [
    scope,
    ...SHEET_COLUMNS.map((column) => writeCell(column, cellOf(entities, scope, column).own)),
    ...SHEET_COLUMNS.map((column) => writeCell(column, cellOf(entities, scope, column).value)),
  ]);
  const columns = ['scope', ...Object.values(HEADINGS), ...Object.values(HEADINGS).map((name) => `effective_${name}`)];
  return stringify([columns, ...rows], { escape_formulas: true, bom: true });
}

export type TableProblem = { line: number; scope: string; column: string; message: string };
export type TableReading = {
  edits: SheetEdit[];
  changes: Change[];
  problems: TableProblem[];
  /** The state after the edits, to name things by. */
  entities: Entities;
};

/**
 * routes.read_table: a dry run of a CSV file: what it would change of the person's draft, and which cells cannot be read.
 * Columns that are missing are left alone, as are lines of scopes that are missing; `effective_…` columns are ignored.
 */
export async function readRoutesTable(actor: Actor, csv: string): Promise<TableReading> {
  permit(actor, 'config:write');
  const { live, draft } = await readDraft(actor);
  return readTable(withDraft(live, draft), csv);
}

export function readTable(entities: Entities, csv: string): TableReading {
  const reading: TableReading = { edits: [], changes: [], problems: [], entities };
  const wrong = (line: number, message: string, scope = '', column = '') =>
    reading.problems.push({ line, scope, column, message });
  let rows: Record<string, string>[];
  try {
    if (csv.length > TABLE_BYTES_MAX) throw new Error(`The file is larger than ${TABLE_BYTES_MAX / 1e6} MB`);
    rows = parse(csv, {
      columns: true,
      bom: true,
      trim: true,
      relax_column_count: false,
      max_record_size: 20_000,
      to: ROWS_MAX + 1,
    });
  } catch (error: unknown) {
    wrong(
      1,
      `This is not a CSV file that can be read: ${error instanceof Error ? error.message.slice(0, 200) : 'unknown'}`,
    );
    return reading;
  }
  if (rows.length > ROWS_MAX) wrong(ROWS_MAX + 2, `At most ${ROWS_MAX} lines`);
  if (rows[0] && !('scope' in rows[0])) wrong(1, 'There is no column “scope”');
  for (const name of Object.keys(rows[0] ?? {})) {
    const isKnown = name === 'scope' || name.startsWith('effective_') || Object.values(HEADINGS).includes(name);
    if (!isKnown) wrong(1, `The column “${name.slice(0, 40)}” is not known`, '', name.slice(0, 40));
  }
  if (reading.problems.length > 0) return reading;

  let state = entities;
  rows.forEach((row, at) => {
    const scope = row.scope ?? '';
    const entity: Entity | undefined = state[`routes/${scope}`];
    if (!entity) {
      wrong(at + 2, 'There is no such country or region', scope.slice(0, 40));
      return;
    }
    for (const column of SHEET_COLUMNS) {
      const text = row[HEADINGS[column]];
      if (text === undefined) continue;
      const cell = cellOf(state, scope, column);
      // A quote that kept a spreadsheet from running the cell is not part of it.
      const read = readCell(column, text.replace(/^'(?=[=+\-@])/, ''), cell.value);
      if (read.kind === 'problem') {
        wrong(at + 2, read.message, scope, HEADINGS[column]);
        continue;
      }
      const edit = editOf(state, scope, column, read.value);
      const next = withEdits(state, [edit]);
      if (writeCell(column, cellOf(next, scope, column).own) === writeCell(column, cell.own)) continue;
      state = next;
      reading.edits.push(edit);
    }
  });
  const touched = Object.fromEntries(reading.edits.map(({ entity }) => [entity, state[entity] ?? null]));
  return { ...reading, changes: changesOf(entities, touched), entities: state };
}
