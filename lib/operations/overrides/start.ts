import { type OverrideInput, overrideInput } from '@/lib/contract/alerts';
import { given } from '@/lib/contract/given';
import { countriesOfConnection } from '@/lib/db/analytics/countries-of-connection';
import { insertAudit } from '@/lib/db/audit';
import { database, transact } from '@/lib/db/client';
import { type OverrideRow, startOverrideRows } from '@/lib/db/overrides';
import type { Actor } from '@/lib/domain/actor';
import { Refusal } from '@/lib/domain/errors';
import { permit } from '@/lib/domain/permissions';
import { newUuid, uuidFloor, uuidFrom } from '@/lib/ids';
import { currentConfiguration, reloadConfiguration } from '@/lib/operations/configuration/snapshot';

const DAY_MS = 86_400_000;

/**
 * overrides.start: puts the fallback first for a while, in countries or wherever a connection carried messages within a day. In effect for
 * the next code in every process within a second; ends by itself. One that runs in a country already is replaced.
 */
export async function startOverride(actor: Actor, input: OverrideInput): Promise<OverrideRow[]> {
  permit(actor, 'alerts:manage');
  const wanted = given(overrideInput, input);
  const countries = await countriesOf(wanted);
  const alertId = wanted.alertId === null ? null : uuidFrom('alert', wanted.alertId);
  const started = await transact(async (tx) => {
    const rows = await startOverrideRows(tx, {
      ids: countries.map(() => newUuid()),
      countries,
      alertId,
      reason: wanted.reason,
      actor,
      minutes: wanted.minutes,
    });
    await insertAudit(tx, {
      actor,
      action: 'override.start',
      targetId: alertId ?? countries.join(','),
      detail: { countries, minutes: wanted.minutes, reason: wanted.reason, until: rows[0]?.until.toISOString() },
    });
    return rows;
  });
  await reloadConfiguration();
  return started;
}

async function countriesOf(wanted: { countries: readonly string[]; connectionId: string | null }): Promise<string[]> {
  const { routes, connections } = await currentConfiguration();
  if (wanted.countries.length > 0) {
    const unknown = wanted.countries.find((country) => !routes.has(`country:${country}`));
    if (unknown) throw new Refusal('invalid_request', { param: 'countries', detail: `${unknown} has no route.` });
    return [...new Set(wanted.countries)].sort();
  }
  if (wanted.connectionId === null || !connections.has(wanted.connectionId)) {
    throw new Refusal('not_found', { detail: 'No such connection.' });
  }
  const since = uuidFloor(new Date(Date.now() - DAY_MS));
  const found = await countriesOfConnection(database(), since, wanted.connectionId);
  if (found.length === 0) {
    throw new Refusal('invalid_request', { detail: 'This connection carried nothing within a day: name countries.' });
  }
  return found;
}
