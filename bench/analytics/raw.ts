import pg from 'pg';
import { uuidFloor } from '@/lib/ids';
import { RANGES, type RangeName, SCOPES, type Scope } from './questions';

/**
 * The same questions asked of the base tables, as somebody would who keeps no rollups and knows Postgres well: bounds on the primary
 * keys (ids hold the time), the index by app, hash joins, parallel workers and memory as they come.
 */
const QUESTIONS: readonly { name: string; panel: string; text: string }[] = [
  {
    name: 'KPIs',
    panel: 'summary: KPIs against the period before',
    // Both periods, as the panel.
    text: `
SELECT v.id >= $1::uuid AS is_now, count(*) AS created, count(*) FILTER (WHERE v.status = 'approved') AS verified, count(*) FILTER (WHERE m.is_delivered) AS delivered,
       count(*) FILTER (WHERE m.fell_back) AS fell_back, sum(m.cost_micros) AS spend,
       percentile_cont(ARRAY[0.5, 0.95]) WITHIN GROUP (ORDER BY m.to_deliver_ms) AS to_deliver,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY EXTRACT(epoch FROM v.approved_at - m.arrived_at)) AS response
  FROM verification v
  LEFT JOIN (SELECT verification_id, bool_or(state_rank >= 6) AS is_delivered, bool_or(cause = 'fallback') AS fell_back, sum(cost_micros) AS cost_micros,
                    min(delivered_at) AS arrived_at, min(EXTRACT(epoch FROM delivered_at - submitted_at)) AS to_deliver_ms
               FROM message WHERE id >= $2::uuid AND id < $3::uuid AND ($4::uuid IS NULL OR app_id = $4) GROUP BY 1) m ON m.verification_id = v.id
 WHERE v.id >= $2::uuid AND v.id < $3::uuid AND v.livemode AND v.status <> 'pending' AND ($4::uuid IS NULL OR v.app_id = $4) GROUP BY 1`,
  },
  {
    name: 'delivery over time by channel',
    panel: 'series: delivery by channel',
    text: `
SELECT date_trunc(CASE WHEN $5::int > 7 THEN 'day' ELSE 'hour' END, submitted_at, 'UTC') AS at, channel, count(*) AS messages,
       count(*) FILTER (WHERE state_rank >= 6) AS delivered, count(*) FILTER (WHERE provider_message_id IS NOT NULL) AS accepted
  FROM message WHERE id >= $1::uuid AND id >= $2::uuid AND id < $3::uuid AND ($4::uuid IS NULL OR app_id = $4) GROUP BY 1, 2 ORDER BY 1, 2`,
  },
  {
    name: 'verifications by country',
    panel: 'breakdown: verifications by country',
    text: `
SELECT v.country, count(*) AS created, count(*) FILTER (WHERE v.status = 'approved') AS verified, count(*) FILTER (WHERE m.is_delivered) AS delivered, sum(m.cost_micros) AS spend
  FROM verification v
  LEFT JOIN (SELECT verification_id, bool_or(state_rank >= 6) AS is_delivered, sum(cost_micros) AS cost_micros
               FROM message WHERE id >= $1::uuid AND id >= $2::uuid AND id < $3::uuid AND ($4::uuid IS NULL OR app_id = $4) GROUP BY 1) m ON m.verification_id = v.id
 WHERE v.id >= $1::uuid AND v.id < $3::uuid AND v.livemode AND v.status <> 'pending' AND ($4::uuid IS NULL OR v.app_id = $4) GROUP BY 1 ORDER BY 2 DESC`,
  },
  {
    name: 'time to deliver',
    panel: 'histogram: deliver',
    text: `
SELECT percentile_cont(ARRAY[0.5, 0.9, 0.95, 0.99]) WITHIN GROUP (ORDER BY EXTRACT(epoch FROM delivered_at - submitted_at))
  FROM message WHERE id >= $1::uuid AND id >= $2::uuid AND id < $3::uuid AND delivered_at IS NOT NULL AND ($4::uuid IS NULL OR app_id = $4)`,
  },
];

export type RawMeasurement = { name: string; panel: string; range: RangeName; scope: Scope; ms: number[] };

/** Asks each `runs` times. One run takes minutes over millions of rows: the slowest are asked once. */
export async function measureRaw(
  url: string,
  options: { now: Date; appId: string; runs: number },
  say: (line: string) => void,
): Promise<RawMeasurement[]> {
  const client = new pg.Client({
    connectionString: url,
    options: '-c jit=off -c work_mem=256MB',
    application_name: 'watchword-bench-raw',
  });
  await client.connect();
  try {
    const measured: RawMeasurement[] = [];
    for (const { name, panel, text } of QUESTIONS) {
      for (const range of Object.keys(RANGES) as RangeName[]) {
        for (const scope of SCOPES) {
          const days = RANGES[range];
          const from = new Date(options.now.getTime() - days * 86_400_000);
          const before = name === 'KPIs' ? new Date(from.getTime() - days * 86_400_000) : from;
          const bounds = [uuidFloor(from), uuidFloor(before), uuidFloor(options.now)];
          const isCounting = text.includes('$5');
          // The literal app lets the planner choose by index; NULL falls away when the statement is planned.
          const values = [...bounds, scope === 'one app' ? options.appId : null, ...(isCounting ? [days] : [])];
          const ms: number[] = [];
          for (let run = 0; run < options.runs; run += 1) {
            const began = performance.now();
            await client.query(text, values);
            ms.push(performance.now() - began);
            if (run === 0 && (ms[0] ?? 0) > 10_000) break;
          }
          measured.push({ name, panel, range, scope, ms });
          say(`raw: ${name}, ${range}, ${scope}: ${Math.round(Math.min(...ms))} ms`);
        }
      }
    }
    return measured;
  } finally {
    await client.end();
  }
}
