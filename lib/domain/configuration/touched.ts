import type { Change, Entities, Entity } from '@/lib/domain/configuration/entities';

/** Which traffic a set of changes concerns. `all`: every country (or use case). */
export type Touched = { countries: 'all' | readonly string[]; useCases: 'all' | readonly string[] };

/**
 * Countries and use cases that changes concern. A change of a region or of `global` reaches the countries that inherit the
 * changed field; a text reaches its use case, or all; limits reach everyone.
 */
export function touchedBy(changes: readonly Change[], live: Entities): Touched {
  const countries = new Set<string>();
  const useCases = new Set<string>();
  let isEveryCountry = false;
  let isEveryUseCase = false;
  for (const change of changes) {
    const [kind, id = ''] = split(change.entity);
    if (kind === 'routes') for (const country of countriesUnder(id, change.field, live)) countries.add(country);
    else if (kind === 'policies') useCases.add(id);
    else if (kind === 'texts') {
      const useCase = ((change.field === null ? (change.after ?? change.before) : live[change.entity]) as Entity | null)
        ?.useCase;
      if (typeof useCase === 'string') useCases.add(useCase);
      else isEveryUseCase = true;
    } else {
      isEveryCountry = true;
      isEveryUseCase = true;
    }
  }
  return {
    countries: isEveryCountry ? 'all' : [...countries].sort(),
    useCases: isEveryUseCase ? 'all' : [...useCases].sort(),
  };
}

/** Whether a cell of traffic is concerned: its country or its use case is. */
export function touches(touched: Touched, cell: { country: string; useCase: string }): boolean {
  return (
    touched.countries === 'all' ||
    touched.useCases === 'all' ||
    touched.countries.includes(cell.country) ||
    touched.useCases.includes(cell.useCase)
  );
}

const split = (key: string): [string, string] => [key.slice(0, key.indexOf('/')), key.slice(key.indexOf('/') + 1)];

/** The countries whose route would change with this field of this scope. */
function countriesUnder(scope: string, field: string | null, live: Entities): string[] {
  if (scope.startsWith('country:')) return [scope.slice(8)];
  return Object.entries(live).flatMap(([key, entity]) => {
    if (!key.startsWith('routes/country:')) return [];
    if (field !== null && field !== 'prices' && (entity[field] ?? null) !== null) return [];
    for (let hops = 0, parent = entity.parent; typeof parent === 'string' && hops < 4; hops += 1) {
      if (parent === scope) return [key.slice('routes/country:'.length)];
      const above: Entity | undefined = live[`routes/${parent}`];
      // A region that sets the field itself shields its countries from `global`.
      if (field !== null && field !== 'prices' && (above?.[field] ?? null) !== null) return [];
      parent = above?.parent ?? null;
    }
    return [];
  });
}
