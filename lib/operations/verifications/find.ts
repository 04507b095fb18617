import { database } from '@/lib/db/client';
import {
  findById,
  findByMessage,
  findByProviderMessageId,
  findByRequestId,
  findTwoByReference,
} from '@/lib/db/find-verifications';
import { findVerification } from '@/lib/db/verifications';
import type { Actor } from '@/lib/domain/actor';
import { permit } from '@/lib/domain/permissions';
import { fullNumber, guessedNumber, SEARCH, type Term } from '@/lib/domain/search/language';
import { publicId, uuidFloor, uuidFrom, uuidMs, uuidOfHex } from '@/lib/ids';
import { reachOf } from '@/lib/operations/verifications/resource';
import { readNumber } from '@/lib/phone/number';

/** `reference`: several verifications have it. */
export type Found =
  | { kind: 'verification'; id: string }
  | { kind: 'number'; number: string }
  | { kind: 'reference'; reference: string }
  | { kind: 'nothing' };

/** A request issues within moments of getting its id, also where clocks differ a little. */
const REQUEST_MS = { before: 5_000, after: 60_000 } as const;
/** The last moment that a UUIDv7 can name. */
const UUID_MS_MAX = 2 ** 48 - 1;
const UUID = /^[0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12}$/i;

/**
 * verifications.find: what somebody pasted, whatever it is: the id of a verification, of a message (ours or the provider's) or of a
 * request, a reference, or a full number.
 */
export async function findAnything(actor: Actor, pasted: string): Promise<Found> {
  permit(actor, 'verifications:read');
  const text = pasted.trim().slice(0, SEARCH.valueMax);
  const full = fullNumber(text);
  if (full) return { kind: 'number', number: full };
  if (text === '' || /[\0\p{Surrogate}]/u.test(text)) return { kind: 'nothing' };
  const [id, another] = await verificationsBehind(text);
  const row = id ? await findVerification(database(), id, reachOf(actor)) : null;
  if (row && another) return { kind: 'reference', reference: text };
  if (row) return { kind: 'verification', id: publicId('verification', row.id) };
  // Last: digits may be a reference as well, and one that is there is what was meant.
  const number = numberOf(text);
  return number ? { kind: 'number', number } : { kind: 'nothing' };
}

/** A full number, also one pasted without its plus where that is a valid number (a reference may be digits as well); null otherwise. */
export function numberOf(pasted: string): string | null {
  const full = fullNumber(pasted);
  if (full) return full;
  const guessed = guessedNumber(pasted);
  const read = guessed ? readNumber(guessed) : null;
  return typeof read === 'object' ? (read?.e164 ?? null) : null;
}

/** The filter that an id of a connection, app or template is, by its uuid; null for anything else. */
export function idTermOf(pasted: string): Term | null {
  const text = pasted.trim().toLowerCase();
  for (const key of ['connection', 'app', 'template'] as const) {
    const value = uuidFrom(key, text);
    if (value) return { key, value, isExcluded: false };
  }
  return null;
}

async function verificationsBehind(text: string): Promise<(string | null)[]> {
  const db = database();
  const lower = text.toLowerCase();
  const verification =
    uuidFrom('verification', lower) ?? (UUID.test(text) ? uuidOfHex(lower.replaceAll('-', '')) : null);
  if (verification) return [(await findById(db, verification)) ?? (await findByMessage(db, verification))];
  const message = uuidFrom('message', lower);
  if (message) return [await findByMessage(db, message)];
  const request = uuidFrom('request', lower);
  if (request) return [await findIssuedBy(lower, request)];
  const carried = await findByProviderMessageId(db, text);
  return carried ? [carried] : findTwoByReference(db, text);
}

/** Our own request ids hold their time, and so say among which verifications to look: no index is needed. */
function findIssuedBy(requestId: string, uuid: string): Promise<string | null> {
  const at = Math.min(uuidMs(uuid), UUID_MS_MAX - REQUEST_MS.after);
  return findByRequestId(
    database(),
    requestId,
    uuidFloor(new Date(at - REQUEST_MS.before)),
    uuidFloor(new Date(at + REQUEST_MS.after)),
  );
}
