import type { Pool } from 'pg';
import type { Sent } from './watch';

/** Base tables: what a panel may never read. */
const BASE = ['verification', 'message', 'receipt', 'verification_event', 'check_attempt'];

type PlanNode = { 'Node Type': string; 'Relation Name'?: string; Plans?: PlanNode[] };

/** Every table that a statement's plan touches, with the kind of node that does. Nothing is run. */
export async function tablesRead(
  pool: Pool,
  { text, values }: Pick<Sent, 'text' | 'values'>,
): Promise<{ table: string; by: string }[]> {
  const { rows } = await pool.query<{ 'QUERY PLAN': { Plan: PlanNode }[] }>(`EXPLAIN (FORMAT JSON) ${text}`, [
    ...values,
  ]);
  const found: { table: string; by: string }[] = [];
  const visit = (node: PlanNode) => {
    if (node['Relation Name']) found.push({ table: node['Relation Name'], by: node['Node Type'] });
    node.Plans?.forEach(visit);
  };
  for (const { Plan } of rows[0]?.['QUERY PLAN'] ?? []) visit(Plan);
  return found;
}

/** The base tables by name, and their partitions with them. */
export async function baseTables(pool: Pool): Promise<Set<string>> {
  const { rows } = await pool.query<{ name: string }>(
    `SELECT c.relname AS name FROM pg_class c WHERE c.relname = ANY ($1) OR EXISTS (
       SELECT 1 FROM pg_inherits i JOIN pg_class p ON p.oid = i.inhparent WHERE i.inhrelid = c.oid AND p.relname = ANY ($1))`,
    [BASE],
  );
  return new Set(rows.map(({ name }) => name));
}
