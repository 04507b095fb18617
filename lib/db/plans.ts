import { createHash } from 'node:crypto';
import { outlineOf, type Plan } from '@/lib/domain/routing/plan';

/** A plan as a row of its table; `body` and `outline` are JSON. The id follows from the content: whoever keeps the same plan keeps the same row. */
export type PlanRow = { id: string; body: string; outline: string };

/** Plans are shared by many issues (see planFor): each is written out once. */
const known = new WeakMap<Plan, PlanRow>();

export function planRow(plan: Plan): PlanRow {
  const found = known.get(plan);
  if (found) return found;
  const body = JSON.stringify(plan);
  const hex = createHash('sha256').update(body).digest('hex');
  const id = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
  const made = { id, body, outline: JSON.stringify(outlineOf(plan)) };
  known.set(plan, made);
  return made;
}

/**
 * Part of the plan of the verification `alias`. An UPDATE that waited for a parallel resend returns the row as the resend left it,
 * with a plan younger than its own snapshot: `plan_now` (see the migration) looks again, and costs nothing otherwise.
 */
const partOf = (alias: string, part: 'body' | 'outline') =>
  `COALESCE((SELECT p.${part} FROM plan p WHERE p.id = ${alias}.plan_id), (plan_now(${alias}.plan_id)).${part})`;

/** The plan of the verification `alias`, as a column of its row. */
export const planOf = (alias: string) => `${partOf(alias, 'body')} AS plan`;

/** What every answer shows of it. */
export const outlineColumnOf = (alias: string) => `${partOf(alias, 'outline')} AS outline`;
