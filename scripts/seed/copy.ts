import type { Client } from 'pg';

/** A value of one column, as it will stand in the database. Times are milliseconds since 1970. */
export type Cell = string | number | boolean | null | Buffer | { at: number } | { raw: string };

/** Rows of one table in the text format of COPY, ready to go. */
export class CopyBuffer {
  readonly #columns: number;
  readonly #lines: string[] = [];
  readonly statement: string;

  constructor(table: string, columns: readonly string[]) {
    this.#columns = columns.length;
    this.statement = `COPY ${table} (${columns.join(', ')}) FROM STDIN`;
  }

  get size(): number {
    return this.#lines.length;
  }

  add(cells: readonly Cell[]): void {
    if (cells.length !== this.#columns) throw new Error(`${this.statement}: ${cells.length} cells`);
    let line = cellText(cells[0] ?? null);
    for (let n = 1; n < cells.length; n += 1) line += `\t${cellText(cells[n] ?? null)}`;
    this.#lines.push(line);
  }

  /** Takes out everything added so far. */
  take(): string {
    if (this.#lines.length === 0) return '';
    return `${this.#lines.splice(0).join('\n')}\n`;
  }
}

function cellText(cell: Cell): string {
  if (cell === null) return '\\N';
  if (typeof cell === 'string') return escaped(cell);
  if (typeof cell === 'number') return String(cell);
  if (typeof cell === 'boolean') return cell ? 't' : 'f';
  if (Buffer.isBuffer(cell)) return `\\\\x${cell.toString('hex')}`;
  return 'at' in cell ? new Date(cell.at).toISOString() : cell.raw;
}

const NAMES: Record<string, string> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** Text as COPY wants it. */
export function escaped(text: string): string {
  return /[\\\n\r\t]/.test(text) ? text.replace(/[\\\n\r\t]/g, (sign) => NAMES[sign] ?? sign) : text;
}

/** What pg's own connection can do beyond its types (pg 8, lib/connection.js); pg-copy-streams builds on the same. */
type CopyConnection = { query(text: string): void; sendCopyFromChunk(chunk: Buffer): void; endCopyFrom(): void };

/** Sends the buffer's rows with COPY, which is several times as fast as inserts. Rejects with Postgres' own error. */
export function copyIn(client: Client, buffer: CopyBuffer): Promise<void> {
  if (buffer.size === 0) return Promise.resolve();
  const rows = Buffer.from(buffer.take());
  return new Promise((resolve, reject) => {
    const copying = {
      submit: (connection: unknown) => (connection as CopyConnection).query(buffer.statement),
      handleCopyInResponse(connection: CopyConnection) {
        connection.sendCopyFromChunk(rows);
        connection.endCopyFrom();
      },
      handleError: reject,
      handleCommandComplete() {},
      handleReadyForQuery: () => resolve(),
    };
    client.query(copying);
  });
}
