import type { Plan } from '@/lib/domain/routing/plan';

/** "Fallback first" in a country until a moment. */
export type RouteOverride = { id: string; country: string; until: Date; reason: string };

/** What a plan says of the override that it was made under. */
export type OverrideNote = { id: string; until: string; reason: string };

/** How long an override may run, minutes. */
export const OVERRIDE_MINUTES = { min: 15, max: 1_440, default: 120 } as const;

/** The override that holds for a country now: it ends by itself, because `until` is looked at every time. */
export function runningOverride(
  overrides: ReadonlyMap<string, RouteOverride>,
  country: string,
  now: Date,
): RouteOverride | null {
  const found = overrides.get(country);
  return found && found.until.getTime() > now.getTime() ? found : null;
}

/**
 * The plan with its fallback first: every step of the order moves up by one, and the first becomes the last. What the person chose
 * stays, and so does a plan with one step: there is nothing to fall back to.
 */
export function fallbackFirst(plan: Plan, override: RouteOverride): Plan {
  const ordered = plan.steps.filter(({ failsOverFor }) => failsOverFor === undefined);
  if (plan.isUserChoice || ordered.length < 2) return plan;
  const spares = plan.steps.slice(ordered.length);
  const [first, ...others] = ordered;
  if (!first) return plan;
  return {
    ...plan,
    steps: [
      ...others,
      first,
      ...spares.map((spare) => ({
        ...spare,
        failsOverFor: ((spare.failsOverFor ?? 0) - 1 + ordered.length) % ordered.length,
      })),
    ],
    override: { id: override.id, until: override.until.toISOString(), reason: override.reason },
  };
}
