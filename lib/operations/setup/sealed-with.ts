import { sealedWith } from '@/lib/db/sealed-with';
import type { Actor } from '@/lib/domain/actor';
import { permit } from '@/lib/domain/permissions';
import { env } from '@/lib/env';

/** `isInRing` false: nobody can open these any more. */
export type SealedValues = { what: string; keyId: number; n: number; isInRing: boolean };

/** setup.sealed_with: which keys of WATCHWORD_KEYS sealed what is kept, so that one may leave the ring when nothing is left of it. */
export async function readSealedValues(actor: Actor): Promise<SealedValues[]> {
  permit(actor, 'connections:manage');
  const ring = env().WATCHWORD_KEYS;
  return (await sealedWith())
    .map((row) => ({ ...row, isInRing: ring.has(row.keyId) }))
    .sort((one, other) => one.keyId - other.keyId || other.n - one.n);
}
