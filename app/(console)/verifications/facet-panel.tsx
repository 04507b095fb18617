import { count, DASH } from '@/components/console/format';
import { Skeleton } from '@/components/ui/skeleton';
import type { UserActor } from '@/lib/auth/session';
import { isRefusal } from '@/lib/domain/errors';
import {
  FACET_SAMPLE_MAX,
  FACETS,
  type FacetName,
  type Facets,
  verificationFacets,
} from '@/lib/operations/verifications/explore';
import { type Facet, FacetList, type FacetValue } from './facet-list';
import { type Choices, valueName } from './names';
import { queryOf } from './query';
import { hrefWith, type View } from './search-params';
import { standing, termsOf, toggled } from './terms';

const TITLES: Record<FacetName, string> = {
  status: 'Status',
  channel: 'Channel',
  country: 'Country',
  use_case: 'Use case',
  app: 'App',
  cause: 'Fallback',
  reason: 'Failure reason',
};

/** How what matches divides, counted over the newest of it; says how many that are. */
export async function FacetPanel({
  user,
  view,
  timeZone,
  now,
  choices,
}: {
  user: UserActor;
  view: View;
  timeZone: string;
  now: Date;
  choices: Choices;
}) {
  const { query, endings } = queryOf(view, now, timeZone);
  if (endings === null) return null;
  const facets = await verificationFacets(user, query).catch((error: unknown) => {
    if (isRefusal(error) && error.code !== 'forbidden') return null;
    throw error;
  });
  const isSampled = facets !== null && facets.total >= FACET_SAMPLE_MAX;
  const note = !facets
    ? `Counts are ${DASH}: these filters take too long to count. Choose a shorter range.`
    : isSampled
      ? `Of the newest ${count(FACET_SAMPLE_MAX)} that match.`
      : `Of all ${count(facets.total)} that match.`;
  return (
    <aside aria-label="Breakdown">
      <FacetList
        note={note}
        facets={FACETS.map(
          (key): Facet => ({ key, title: TITLES[key], values: valuesOf(key, facets, view, choices) }),
        ).filter(({ values }) => values.length > 0)}
      />
    </aside>
  );
}

/** What was counted, and what is chosen even where nothing has it: a filter has to be there to be taken away. */
function valuesOf(key: FacetName, facets: Facets | null, view: View, choices: Choices): FacetValue[] {
  const counted = facets?.values[key] ?? [];
  const chosen = termsOf(view).flatMap((term) =>
    term.key === key && !counted.some(({ value }) => value === term.value) ? [{ value: term.value, n: null }] : [],
  );
  return [...counted, ...chosen].map(({ value, n }) => ({
    value,
    n,
    name: valueName(key, value, choices),
    share: facets && facets.total > 0 && n !== null ? n / facets.total : 0,
    standing: standing(view, key, value),
    include: hrefWith(toggled(view, key, value, false), {}),
    exclude: hrefWith(toggled(view, key, value, true), {}),
  }));
}

export function FacetSkeleton() {
  return (
    <div role="status" aria-label="Loading the breakdown" className="flex-col gap-4 max-xl:hidden xl:flex">
      {FACETS.slice(0, 5).map((key) => (
        <div key={key} className="flex flex-col gap-3 px-1.5">
          <Skeleton className="w-16" />
          <Skeleton className="w-full" />
          <Skeleton className="w-4/5" />
          <Skeleton className="w-3/5" />
        </div>
      ))}
    </div>
  );
}
