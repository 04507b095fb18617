import type { Pool } from 'pg';
import type { Sent } from './watch';

/** Base tables: what a panel may never read. */
const BASE = ['verification', 'message', 'receipt', 'verification_event', 'check_attempt'];

type PlanNode = {
  'Node Type': string;
  'Relation Name'?: string;
  'Index Name'?: string;
  'Index Cond'?: string;
  Plans?: PlanNode[];
};

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

/** Nodes that ask what is below them for no more than what is asked of them. Sorts and sums ask for everything. */
const PASSES_ON = ['Append', 'Merge Append', 'LockRows', 'Subquery Scan', 'Nested Loop', 'Result', 'ProjectSet'];

/**
 * Scans of some tables that grow with what is in them: not by an index, by all of a whole index, or by a range of one that no LIMIT ends. A
 * partial index over what waits, an equality, and a range under a LIMIT are bounds. A filter above them is not seen. Nothing is run.
 */
export async function unboundedScans(
  pool: Pool,
  tables: ReadonlySet<string>,
  { text, values }: Pick<Sent, 'text' | 'values'>,
): Promise<{ table: string; by: string; index: string | null; condition: string | null }[]> {
  const { rows } = await pool.query<{ 'QUERY PLAN': { Plan: PlanNode }[] }>(`EXPLAIN (FORMAT JSON) ${text}`, [
    ...values,
  ]);
  const partial = await pool.query<{ name: string }>(
    'SELECT c.relname AS name FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indpred IS NOT NULL',
  );
  const isPartial = new Set(partial.rows.map(({ name }) => name));
  const found: { table: string; by: string; index: string | null; condition: string | null }[] = [];
  const visit = (node: PlanNode, isLimited: boolean) => {
    const table = node['Relation Name'];
    const by = node['Node Type'];
    // Of a bitmap the index is one below.
    const looks = by === 'Bitmap Heap Scan' ? leaves(node) : [node];
    if (table && tables.has(table) && by !== 'ModifyTable' && by !== 'Tid Scan')
      for (const look of looks) {
        const index = look['Index Name'] ?? null;
        const condition = look['Index Cond'] ?? null;
        const isBound =
          index !== null &&
          (isPartial.has(index) || (condition !== null && (isLimited || / = /.test(` ${condition} `))));
        if (!isBound) found.push({ table, by, index, condition });
      }
    const below = by === 'Limit' || (isLimited && PASSES_ON.includes(by));
    node.Plans?.forEach((each) => {
      visit(each, below);
    });
  };
  for (const { Plan } of rows[0]?.['QUERY PLAN'] ?? []) visit(Plan, false);
  return found;
}

const leaves = (node: PlanNode): PlanNode[] => (node.Plans?.length ? node.Plans.flatMap(leaves) : [node]);

/** The base tables by name, and their partitions with them. */
export async function baseTables(pool: Pool): Promise<Set<string>> {
  const { rows } = await pool.query<{ name: string }>(
    `SELECT c.relname AS name FROM pg_class c WHERE c.relname = ANY ($1) OR EXISTS (
       SELECT 1 FROM pg_inherits i JOIN pg_class p ON p.oid = i.inhparent WHERE i.inhrelid = c.oid AND p.relname = ANY ($1))`,
    [BASE],
  );
  return new Set(rows.map(({ name }) => name));
}
