import { createLoader, parseAsString, parseAsStringLiteral } from 'nuqs/server';

export const REGIONS = ['africa', 'americas', 'asia', 'europe', 'oceania'] as const;
export const COVERAGES = ['high', 'general', 'low', 'blocked', 'unknown'] as const;
export const SHOWN = ['all', 'overridden', 'drafted', 'traffic'] as const;

/** Which rows the sheet shows; in the address, so that a view can be sent to a colleague. */
export const searchParams = {
  q: parseAsString.withDefault(''),
  region: parseAsStringLiteral(REGIONS),
  coverage: parseAsStringLiteral(COVERAGES),
  show: parseAsStringLiteral(SHOWN).withDefault('all'),
};
export const loadView = createLoader(searchParams);
