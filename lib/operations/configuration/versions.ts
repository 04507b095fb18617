import { database } from '@/lib/db/client';
import {
  findLiveEntities,
  findVersion,
  findVersions,
  findVersionsOf,
  type VersionSummary,
} from '@/lib/db/configuration-versions';
import type { Actor } from '@/lib/domain/actor';
import { type Change, changesOf } from '@/lib/domain/configuration/entities';
import { Refusal } from '@/lib/domain/errors';
import { permit } from '@/lib/domain/permissions';
import { towards } from '@/lib/operations/configuration/roll-back';

export type { VersionSummary } from '@/lib/db/configuration-versions';

const PAGE = 25;
const VERSION_MAX = 2_147_483_647;

/** configuration.list_versions: what was published, newest first, a page at a time. */
export async function listVersions(
  actor: Actor,
  page: { before: number | null },
): Promise<{ versions: VersionSummary[]; hasMore: boolean }> {
  permit(actor, 'config:read');
  const before = Math.min(Math.max(page.before ?? VERSION_MAX, 1), VERSION_MAX);
  const found = await findVersions(database(), { before, limit: PAGE + 1 });
  return { versions: found.slice(0, PAGE), hasMore: found.length > PAGE };
}

/** configuration.get_version: one version, and what going back to it would change now. Refuses `not_found`. */
export async function getVersion(
  actor: Actor,
  version: number,
): Promise<{ version: VersionSummary; goingBack: Change[] }> {
  permit(actor, 'config:read');
  const isPossible = Number.isInteger(version) && version > 0 && version <= VERSION_MAX;
  const [found, live] = await Promise.all([
    isPossible ? findVersion(database(), version) : null,
    findLiveEntities(database()),
  ]);
  if (!found) throw new Refusal('not_found', { detail: 'No such version.' });
  const { document, ...summary } = found;
  return { version: summary, goingBack: changesOf(live, towards(live, document)) };
}

/** configuration.history: the newest versions that changed one entity, with its changes alone. */
export async function entityHistory(actor: Actor, entity: string): Promise<VersionSummary[]> {
  permit(actor, 'config:read');
  const found = await findVersionsOf(database(), entity.slice(0, 120), 10);
  return found.map((version) => ({
    ...version,
    changes: version.changes.filter((change) => change.entity === entity),
  }));
}
