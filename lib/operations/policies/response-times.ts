import { responseSeconds } from '@/lib/db/analytics/response-seconds';
import type { Actor } from '@/lib/domain/actor';
import { permit } from '@/lib/domain/permissions';
import type { ResponseTimes } from '@/lib/domain/policy/consequences';
import { uuidFloor } from '@/lib/ids';
import { log } from '@/lib/telemetry/log';

const DAYS = 30;
/** A month's figures may be a minute old. */
const KEEP_MS = 60_000;
const KEPT_MAX = 100;
type Held = { at: number; times: Promise<ResponseTimes | null> };
const holder = globalThis as { watchwordResponseTimes?: Map<string, Held> };

/**
 * policies.response_times: how long people took to enter a code of this use case in the last 30 days, at most a minute
 * old. Null: it could not be told in time; the screens then show a dash.
 */
export async function findResponseTimes(actor: Actor, useCase: string): Promise<ResponseTimes | null> {
  permit(actor, 'config:read');
  holder.watchwordResponseTimes ??= new Map();
  const kept = holder.watchwordResponseTimes;
  const now = Date.now();
  const held = kept.get(useCase);
  if (held && now - held.at < KEEP_MS) return held.times;
  const times = responseSeconds(uuidFloor(new Date(now - DAYS * 86_400_000)), useCase)
    .then((seconds): ResponseTimes => ({ days: DAYS, times: seconds }))
    .catch((error: unknown) => {
      log().warn({ error: String(error) }, 'response_times.not_told');
      kept.delete(useCase);
      return null;
    });
  if (kept.size >= KEPT_MAX) kept.clear();
  kept.set(useCase, { at: now, times });
  return times;
}
