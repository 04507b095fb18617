/** The seven inks of a scale: one hue, light to dark (dark theme: dark to light), so that the order shows without colour. 0: no data. */
const STEPS = 6;

export type Scale = { edges: number[]; isReversed: boolean };

/** Edges between six steps, at the values' own sextiles; fewer when there are few values. Pure. */
export function scaleOf(values: readonly (number | null)[]): Scale {
  const known = values.filter((value) => value !== null).toSorted((a, b) => a - b);
  const edges: number[] = [];
  for (let step = 1; step < STEPS; step += 1) {
    const edge = known[Math.floor((step / STEPS) * known.length)];
    if (edge !== undefined && edge > (edges.at(-1) ?? Number.NEGATIVE_INFINITY) && edge > (known[0] ?? 0))
      edges.push(edge);
  }
  return { edges, isReversed: false };
}

/** Which of the inks a value has: 0 for none, 1 to 6. A scale of few edges spreads over all six. */
export function stepOf(scale: Scale, value: number | null): number {
  if (value === null) return 0;
  const place = scale.edges.filter((edge) => value >= edge).length;
  const of = scale.edges.length;
  return of === 0 ? 4 : 1 + Math.round((place / of) * (STEPS - 1));
}

export const stepInk = (step: number) => `var(--step-${step})`;
