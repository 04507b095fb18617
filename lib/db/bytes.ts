/** Bytes as JSON for `json_to_recordset`: Postgres reads `\x…` back into bytea. */
export function hex(bytes: Uint8Array): string {
  return `\\x${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')}`;
}

/** Which counter a key belongs to; the first byte of `send_limit.key`. */
const LIMIT_KINDS = { number: 0x6e, prefix: 0x70, ip: 0x69 } as const;

/** The key of one send limit: kind ‖ mode ‖ blind index. Test traffic counts apart from live traffic. */
export function sendLimitKey(kind: keyof typeof LIMIT_KINDS, livemode: boolean, blind: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([LIMIT_KINDS[kind], livemode ? 1 : 0]), blind]);
}

/** Text as Postgres can keep it: without NUL and without halves of surrogate pairs, for what others wrote and we only pass on. */
export function storable<T extends string | null>(text: T): T | string {
  return text === null ? text : text.replaceAll('\0', '').toWellFormed();
}
