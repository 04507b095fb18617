import { insertAudit } from '@/lib/db/audit';
import { transact } from '@/lib/db/client';
import { endOverrideRows } from '@/lib/db/overrides';
import type { Actor } from '@/lib/domain/actor';
import { permit } from '@/lib/domain/permissions';
import { reloadConfiguration } from '@/lib/operations/configuration/snapshot';

/** overrides.end: ends early what runs in these countries. Answers how many ran; one that has ended by itself is not missed. */
export async function endOverride(actor: Actor, input: { countries: readonly string[] }): Promise<number> {
  permit(actor, 'alerts:manage');
  const ended = await transact(async (tx) => {
    const rows = await endOverrideRows(tx, input.countries.slice(0, 300));
    if (rows.length > 0) {
      await insertAudit(tx, {
        actor,
        action: 'override.end',
        targetId: rows.map(({ country }) => country).join(','),
        detail: { countries: rows.map(({ country }) => country), was_until: rows[0]?.until.toISOString() },
      });
    }
    return rows.length;
  });
  await reloadConfiguration();
  return ended;
}
