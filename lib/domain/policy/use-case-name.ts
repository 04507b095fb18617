import { DEFAULT_POLICIES } from '@/lib/domain/policy/policy';

const NAME_MAX = 50;

/** The identifier that a name becomes: `Größere Bestellung 2` → `grossere_bestellung_2`. Null where no letter is left. */
export function identifierOf(name: string): string | null {
  const plain = name
    .replaceAll('ß', 'ss')
    .normalize('NFD')
    .toLowerCase()
    .replace(/\p{M}/gu, '')
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^[_0-9]+|_+$/g, '')
    .slice(0, NAME_MAX)
    .replace(/_+$/, '');
  return plain === '' ? null : plain;
}

/** The first of `base`, `base_2`, `base_3` … that is free. */
export function freeIdentifier(base: string, isTaken: (identifier: string) => boolean): string {
  for (let n = 1; ; n += 1) {
    const suffix = n === 1 ? '' : `_${n}`;
    const identifier = base.slice(0, NAME_MAX - suffix.length) + suffix;
    if (!isTaken(identifier)) return identifier;
  }
}

const BUILT_IN = new Set(DEFAULT_POLICIES.map(({ useCase }) => useCase));
/** Use cases that every installation has: callers name them without having looked. They can be changed, not deleted. */
export const isBuiltIn = (useCase: string): boolean => BUILT_IN.has(useCase);
