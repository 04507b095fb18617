import type { Client } from 'pg';

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

  /** Cells as COPY wants them: NULL, `text()` for free text, `bytes()`, ISO times. */
  add(cells: readonly string[]): void {
    if (cells.length !== this.#columns) throw new Error(`${this.statement}: ${cells.length} cells`);
    this.#lines.push(cells.join('\t'));
  }

  /** Takes out everything added so far. */
  take(): string {
    if (this.#lines.length === 0) return '';
    return `${this.#lines.splice(0).join('\n')}\n`;
  }
}

export const NULL = '\\N';

const NAMES: Record<string, string> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** Free text. */
export function text(value: string | null): string {
  if (value === null) return NULL;
  return /[\\\n\r\t]/.test(value) ? value.replace(/[\\\n\r\t]/g, (sign) => NAMES[sign] ?? sign) : value;
}

/** Anything that goes into a json column; null is SQL's own. */
export function json(value: unknown): string {
  return value === null ? NULL : text(JSON.stringify(value));
}

/** Milliseconds since 1970 as a point in time. */
export function time(at: number | null): string {
  return at === null ? NULL : new Date(at).toISOString();
}

export function times(list: readonly number[]): string {
  return `{${list.map((at) => `"${time(at)}"`).join(',')}}`;
}

export function bytes(value: Buffer): string {
  return `\\\\x${value.toString('hex')}`;
}

export function truth(value: boolean): string {
  return value ? 't' : 'f';
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
