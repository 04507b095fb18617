import { createHash } from 'node:crypto';
import { type Conflict, pathOf } from '@/lib/domain/configuration/entities';

/**
 * What somebody saw of conflicts as 64 hex digits: their paths and what is live there. The same for the same values:
 * Postgres orders the fields of what it keeps as JSON.
 */
export const digestOf = (conflicts: readonly Conflict[]): string =>
  createHash('sha256')
    .update(JSON.stringify(conflicts.map((conflict) => [pathOf(conflict), conflict.theirs])))
    .digest('hex');
