import { migrate } from '@/lib/db/migrate';
import { closeDatabase } from '@/lib/db/client';
import { startBenchPostgres } from '../postgres';
import { ourEnvironment } from '../contestants';
import { load } from './load';
import pg from 'pg';
import { INVARIANTS } from '../../scripts/seed/invariants';
const postgres = await startBenchPostgres();
try {
  const url = postgres.urlOf('watchword');
  Object.assign(process.env, ourEnvironment(url, 'http://127.0.0.1:1'), { LOG_LEVEL: 'warn' });
  await migrate(url);
  const began = Date.now();
  const made = await load(url, { total: Number(process.argv[2]), days: 90, receiptsPercent: Number(process.argv[3]??20), now: new Date() }, console.log);
  console.log((Date.now() - began) / 1000, made.seconds, made.tables);
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const show = async (sql: string) => console.table((await client.query(sql)).rows);
  if (Number(process.argv[2]) <= 100000)
  for (const [name, sql] of Object.entries(INVARIANTS)) {
    const n = Number(Object.values((await client.query(sql)).rows[0])[0]);
    if (n) console.log(name, n);
  }
  await show(`select status, end_reason, count(*), round(100.0*count(*)/sum(count(*)) over (),2) pct from verification group by 1,2 order by 3 desc`);
  await show(`select channel, provider, state, count(*), round(100.0*count(*)/sum(count(*)) over (partition by channel,provider),2) pct from message group by 1,2,3 order by 1,2,4 desc`);
  await show(`select cause, count(*) from message group by 1`);
  await show(`select detail->>'cause' c, kind, count(*) from verification_event group by 1,2`);
  await show(`select channel, provider, percentile_cont(array[.5,.9,.99]) within group (order by extract(epoch from delivered_at-submitted_at)) p from message where delivered_at is not null group by 1,2`);
  await show(`select percentile_cont(array[.5,.9,.99]) within group (order by extract(epoch from approved_at-created_at)) p from verification where approved_at is not null`);
  await show(`select a.name, count(*), round(100.0*count(*)/sum(count(*)) over (),2) pct, count(distinct country) from verification v join app a on a.id=app_id group by 1 order by 2 desc limit 60`);
  await show(`select country, count(*) from verification group by 1 order by 2 desc limit 60`);
  await show(`select outcome, count(*) from check_attempt group by 1`);
  await show(`select extract(hour from created_at) h, count(*) from verification where country='BR' group by 1 order by 1`);
  await client.end();
} finally { await closeDatabase(); await postgres.stop(); }
