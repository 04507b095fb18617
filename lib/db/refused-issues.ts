import type { Db, Statement } from '@/lib/db/client';
import type { ErrorCode } from '@/lib/domain/errors';

/** How often one refusal was uttered in a half-hour. */
export type RefusedIssues = { appId: string; at: Date; country: string; useCase: string; code: ErrorCode; n: number };

const ADD: Statement = {
  name: 'add_refused_issues',
  // In the order of the key: two processes never wait for each other in a circle.
  text: `
INSERT INTO refused_issue AS r (app_id, at, country, use_case, code, n)
SELECT i."appId", i.at, i.country, i."useCase", i.code, i.n
  FROM json_to_recordset($1::json) AS i("appId" uuid, at timestamptz, country text, "useCase" text, code text, n int)
 ORDER BY 2, 1, 3, 4, 5
ON CONFLICT (at, app_id, country, use_case, code) DO UPDATE SET n = r.n + EXCLUDED.n`,
};

/** Adds what a process refused; one row per half-hour, app, country, use case and error. */
export async function addRefusedIssues(db: Db, rows: readonly RefusedIssues[]): Promise<void> {
  await db.query(ADD, [JSON.stringify(rows)]);
}
