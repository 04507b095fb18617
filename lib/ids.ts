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

const pool = Buffer.alloc(10 * 256);
let used = pool.length;

/** A new UUIDv7 (RFC 9562): 48 bits of milliseconds, then 74 random bits. Sortable by time of making. */
export function newUuid(at: number = Date.now()): string {
  if (used >= pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const tail = pool.subarray(used, used + 10);
  used += 10;
  tail[0] = 0x70 | ((tail[0] ?? 0) & 0x0f);
  tail[2] = 0x80 | ((tail[2] ?? 0) & 0x3f);
  const time = at.toString(16).padStart(12, '0');
  const hex = tail.toString('hex');
  return `${time.slice(0, 8)}-${time.slice(8)}-${hex.slice(0, 4)}-${hex.slice(4, 8)}-${hex.slice(8)}`;
}

/** `0199…-…` becomes `vrf_0199…`. */
export function publicId(kind: IdKind, uuid: string): string {
  return `${ID_PREFIXES[kind]}_${uuid.replaceAll('-', '')}`;
}

/** The uuid behind a public id, or null when it is not one of this kind. Strict: one spelling per id. */
export function uuidFrom(kind: IdKind, id: string): string | null {
  const prefix = `${ID_PREFIXES[kind]}_`;
  if (id.length !== prefix.length + 32 || !id.startsWith(prefix)) return null;
  const hex = id.slice(prefix.length);
  if (!/^[0-9a-f]{32}$/.test(hex)) return null;
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** The smallest UUIDv7 of a moment: turns a time into a bound on ids, so that the primary key serves ranges of time. */
export function uuidFloor(at: Date): string {
  const time = Math.max(0, at.getTime()).toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-000000000000`;
}
