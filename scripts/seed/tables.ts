import type { Client } from 'pg';
import type { PlanRow } from '@/lib/db/plans';
import { jsonTexts, uuids } from '@/lib/db/wire';
import { CopyBuffer, copyIn } from './copy';

/** The tables that history fills, and the columns it gives; order as in prisma/schema. */
const COLUMNS = {
  verification: [
    'id',
    'app_id',
    'livemode',
    'use_case',
    'country',
    'to_blind',
    'prefix_blind',
    'to_sealed',
    'to_masked',
    'status',
    'end_reason',
    'channel',
    'locale',
    'code_macs',
    'is_checkable',
    'code_sealed',
    'checks_used',
    'checks_max',
    'resends_used',
    'plan_id',
    'falls_back_on_failed',
    'step',
    'created_at',
    'expires_at',
    'resend_after',
    'next_fallback_at',
    'fallback_cause',
    'ended_at',
    'approved_at',
    'reference',
    'metadata',
    'transaction',
    'client',
    'request_id',
  ],
  message: [
    'id',
    'verification_id',
    'app_id',
    'livemode',
    'country',
    'step',
    'cause',
    'channel',
    'provider',
    'connection_id',
    'template',
    'locale',
    'state',
    'state_rank',
    'reason',
    'provider_code',
    'detail',
    'provider_message_id',
    'submitted_at',
    'answered_at',
    'sent_at',
    'delivered_at',
    'read_at',
    'failed_at',
    'segments',
    'price_micros',
    'price_rule',
    'cost_micros',
    'next_poll_at',
    'poll_tries',
  ],
  receipt: [
    'connection_id',
    'provider_message_id',
    'status',
    'message_id',
    'at',
    'received_at',
    'decision',
    'reason',
    'provider_code',
    'detail',
    'charged_micros',
    'callback_id',
  ],
  verification_event: ['id', 'verification_id', 'at', 'kind', 'detail'],
  check_attempt: ['id', 'verification_id', 'at', 'outcome', 'number'],
  failure_budget: ['app_id', 'livemode', 'to_blind', 'use_case', 'failures', 'since_success', 'updated_at'],
  send_limit: ['key', 'sends', 'used_at'],
  reachability: ['to_blind', 'channel', 'reachable', 'at'],
} as const;

export type Table = keyof typeof COLUMNS;
export const TABLES = Object.keys(COLUMNS) as Table[];
/** `plans`: by id, each once. */
export type Buffers = Record<Table, CopyBuffer> & { plans: Map<string, PlanRow> };

/** An empty buffer per table. */
export function newBuffers(): Buffers {
  const buffers = Object.fromEntries(TABLES.map((table) => [table, new CopyBuffer(table, COLUMNS[table])]));
  return { ...(buffers as Record<Table, CopyBuffer>), plans: new Map() };
}

/** Writes everything that the buffers hold. Answers how many rows. What is added meanwhile waits for the next time. */
export async function writeBuffers(client: Client, buffers: Buffers): Promise<number> {
  const plans = [...buffers.plans.values()];
  // Before the first wait: lives go on being lived, and a plan that comes now must not be forgotten with these.
  buffers.plans.clear();
  await client.query(
    'INSERT INTO plan (id, body, outline) SELECT * FROM unnest($1::uuid[], $2::jsonb[], $3::jsonb[]) ON CONFLICT (id) DO NOTHING',
    [
      uuids(plans.map(({ id }) => id)),
      jsonTexts(plans.map(({ body }) => body)),
      jsonTexts(plans.map(({ outline }) => outline)),
    ],
  );
  let rows = 0;
  for (const table of TABLES) {
    rows += buffers[table].size;
    await copyIn(client, buffers[table]);
  }
  return rows;
}
