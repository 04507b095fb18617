import { database } from '@/lib/db/client';
import { findRunningOverrides, type OverrideRow } from '@/lib/db/overrides';
import type { Actor } from '@/lib/domain/actor';
import { permit } from '@/lib/domain/permissions';

export type { OverrideRow } from '@/lib/db/overrides';

/** overrides.list: what runs now, of all countries or of one. */
export async function listOverrides(actor: Actor, country: string | null = null): Promise<OverrideRow[]> {
  permit(actor, 'config:read');
  const running = await findRunningOverrides(database());
  return country === null ? running : running.filter((row) => row.country === country);
}
