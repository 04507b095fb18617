import { randomFillSync } from 'node:crypto';

/** Prefixes of public ids. In the database an id is a plain uuid; outside it carries its prefix. */
export const ID_PREFIXES = {
  verification: 'vrf',
  message: 'msg',
  apiKey: 'key',
  template: 'tpl',
  connection: 'con',
  app: 'app',
  user: 'usr',
  event: 'evt',
  alert: 'alr',
  alertRule: 'rul',
  alertDestination: 'dst',
  routeOverride: 'ovr',
  request: 'req',
} as const;
export type IdKind = keyof typeof ID_PREFIXES;

/** Random bytes are drawn, and written out in hex, for many ids at once: one by one they were most of what an id cost. */
const pool = Buffer.alloc(10 * 256);
const DIGITS = 20;
let digits = '';
let used = 0;
let lastTime = { at: Number.NaN, text: '' };

function digitsOf(at: number): string {
  if (at !== lastTime.at) {
    const hex = at.toString(16).padStart(12, '0');
    lastTime = { at, text: `${hex.slice(0, 8)}-${hex.slice(8)}` };
  }
  return lastTime.text;
}

/** A new UUIDv7 (RFC 9562): 48 bits of milliseconds, then 74 random bits. Sortable by time of making. */
export function newUuid(at: number = Date.now()): string {
  if (used >= digits.length) {
    digits = randomFillSync(pool).toString('hex');
    used = 0;
  }
  const from = used;
  used += DIGITS;
  // The variant leaves two random bits to its digit: of the first digit, which is used for nothing else.
  const variant = '89ab'.charAt(((pool[from / 2] ?? 0) >> 4) & 3);
  return `${digitsOf(at)}-7${digits.slice(from + 1, from + 4)}-${variant}${digits.slice(from + 4, from + 7)}-${digits.slice(from + 7, from + 19)}`;
}

/** `0199…-…` becomes `vrf_0199…`. */
export function publicId(kind: IdKind, uuid: string): string {
  return `${ID_PREFIXES[kind]}_${uuid.slice(0, 8)}${uuid.slice(9, 13)}${uuid.slice(14, 18)}${uuid.slice(19, 23)}${uuid.slice(24)}`;
}

/** 32 hex digits as a uuid. */
export const uuidOfHex = (hex: string): string =>
  `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;

/** The uuid behind a public id, or null when it is not one of this kind. Strict: one spelling per id. */
export function uuidFrom(kind: IdKind, id: string): string | null {
  const prefix = `${ID_PREFIXES[kind]}_`;
  if (id.length !== prefix.length + 32 || !id.startsWith(prefix)) return null;
  const hex = id.slice(prefix.length);
  if (!/^[0-9a-f]{32}$/.test(hex)) return null;
  return uuidOfHex(hex);
}

/** The uuid before all others: stands for none where a column must have one. */
export const NIL_UUID = '00000000-0000-0000-0000-000000000000';

/** The smallest UUIDv7 of a moment: turns a time into a bound on ids, so that the primary key serves ranges of time. */
export function uuidFloor(at: Date): string {
  const time = Math.max(0, at.getTime()).toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-000000000000`;
}

/** The milliseconds since 1970 inside a UUIDv7: when it was made, by the clock of whoever made it. */
export const uuidMs = (uuid: string): number => Number.parseInt(uuid.slice(0, 8) + uuid.slice(9, 13), 16);
