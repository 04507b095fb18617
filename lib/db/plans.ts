import { createHash } from 'node:crypto';
import { outlineOf, type Plan } from '@/lib/domain/routing/plan';
import { uuidOfHex } from '@/lib/ids';

/** A plan as a row of its table; `body` and `outline` are JSON. The id follows from the content: whoever keeps the same plan keeps the same row. */
export type PlanRow = { id: string; body: string; outline: string };

/** Plans are shared by many issues (see planFor): each is written out once. */
const known = new WeakMap<Plan, PlanRow>();

export function planRow(plan: Plan): PlanRow {
  const found = known.get(plan);
  if (found) return found;
  const body = JSON.stringify(plan);
  const outline = JSON.stringify(outlineOf(plan));
  // With the outline: rows are never changed, so one that an older version kept must not stand for this one.
  const hex = createHash('sha256').update(body).update(outline).digest('hex');
  const id = uuidOfHex(hex.slice(0, 32));
  const made = { id, body, outline };
  known.set(plan, made);
  return made;
}

/**
 * Part of the plan of the verification `alias`. An UPDATE that waited for a parallel resend returns the row as the resend left it,
 * with a plan younger than its own snapshot: `plan_now` (see the migration) looks again, and costs nothing otherwise.
 */
const partOf = (alias: string, part: 'body' | 'outline', value = `p.${part}`) =>
  `COALESCE((SELECT ${value} FROM plan p WHERE p.id = ${alias}.plan_id), (plan_now(${alias}.plan_id)).${part})`;

/** The plan of the verification `alias`, as a column of its row. */
export const planOf = (alias: string) => `${planBodyOf(alias)} AS plan`;
export const planBodyOf = (alias: string) => partOf(alias, 'body');

/** Outlines that were kept before they named the channel of each step; the body knows. */
const OUTLINE = `CASE WHEN p.outline ? 'stepChannels' THEN p.outline
  ELSE p.outline || jsonb_build_object('stepChannels', jsonb_path_query_array(p.body, '$.steps[*].channel')) END`;

/** What every answer shows of it. */
export const outlineColumnOf = (alias: string) => `${partOf(alias, 'outline', OUTLINE)} AS outline`;
