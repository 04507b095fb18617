type Sql = (text: string, values?: readonly unknown[]) => Promise<unknown>;

/**
 * Verifications with messages and fallbacks as `n` rows of arithmetic: every combination of what the explorer can ask occurs, and the same
 * n is always the same row. One every `everyMs`, back from `until`. For tests and measurements of what reads; nothing here was issued.
 */
export async function insertPast(
  sql: Sql,
  past: { n: number; everyMs: number; until: Date; apps: readonly string[]; connections: readonly string[] },
): Promise<void> {
  const plan = '00000000-0000-4000-8000-000000000001';
  await sql(
    `INSERT INTO plan (id, body, outline) VALUES ($1, '{}', '{"channels":["whatsapp","sms"],"stepChannels":["whatsapp","sms"],"switchTo":[],"resendsMax":3}') ON CONFLICT DO NOTHING`,
    [plan],
  );
  const uuid = (salt: string) =>
    `(substr(t, 1, 8) || '-' || substr(t, 9, 4) || '-7' || substr(md5(n || '${salt}'), 1, 3) || '-8' || substr(md5(n || '${salt}'), 4, 3) || '-' || substr(md5(n || '${salt}'), 7, 12))::uuid`;
  const rows = `
    SELECT n, at, lpad(to_hex((EXTRACT(epoch FROM at) * 1000)::bigint), 12, '0') AS t, md5(n::text) AS h
      FROM (SELECT n, $2::timestamptz - make_interval(secs => (($1::bigint - n) * $3::bigint)::float8 / 1000) AS at FROM generate_series(1, $1::bigint) n) x`;
  const arguments_ = [past.n, past.until, past.everyMs];
  await sql(
    `INSERT INTO verification (id, app_id, livemode, use_case, country, to_blind, prefix_blind, to_sealed, to_masked, status, end_reason, locale, code_macs,
       is_checkable, checks_used, checks_max, plan_id, falls_back_on_failed, step, created_at, expires_at, resend_after, ended_at, approved_at, reference, metadata)
     SELECT ${uuid('v')}, ($4::uuid[])[1 + n % array_length($4::uuid[], 1)], n % 7 <> 0, (ARRAY['login','payment','registration'])[1 + n % 3],
            (ARRAY['BR','IN','ID','DE','CO'])[1 + n % 5], decode(md5((n % 997)::text), 'hex'), decode(md5('p' || n % 97), 'hex'), '', '+55 ••••••••• ' || lpad((n % 100)::text, 2, '0'),
            (ARRAY['approved','approved','expired','canceled','locked','undeliverable'])[1 + n % 6], CASE WHEN n % 6 = 2 THEN 'lifetime_over' END,
            (ARRAY['en','pt_BR','id'])[1 + n % 3], '{}', false, n % 3, 5, '${plan}', true, CASE WHEN n % 4 = 0 THEN 1 ELSE 0 END, at, at + interval '5 minutes', at + interval '1 minute',
            at + interval '5 minutes', CASE WHEN n % 6 < 2 THEN at + interval '20 seconds' END,
            CASE WHEN n % 11 = 0 THEN 'order-' || n WHEN n % 501 = 0 THEN '=HYPERLINK("http://x")' WHEN n % 503 = 0 THEN E'two\nlines, "quoted"' END,
            CASE WHEN n % 5 = 0 THEN jsonb_build_object('plan', (ARRAY['gold','basic'])[1 + n % 2], 'note', 'a, "b"') END
       FROM (${rows}) r`,
    [...arguments_, past.apps],
  );
  await sql(
    `INSERT INTO message (id, verification_id, app_id, livemode, country, step, cause, channel, provider, connection_id, template, locale, state, state_rank, reason,
       provider_message_id, submitted_at, delivered_at, price_rule, cost_micros)
     SELECT ${uuid('w')}, ${uuid('v')}, ($4::uuid[])[1 + n % array_length($4::uuid[], 1)], n % 7 <> 0, (ARRAY['BR','IN','ID','DE','CO'])[1 + n % 5], 0, 'issue', 'whatsapp', 'meta-cloud', ($5::uuid[])[1], 'otp_code_v1', 'en',
            CASE WHEN n % 4 = 0 THEN 'failed' ELSE 'delivered' END, 5, CASE WHEN n % 8 = 0 THEN 'not_on_channel' WHEN n % 4 = 0 THEN 'throttled' END,
            'wamid.' || h, at, CASE WHEN n % 4 <> 0 THEN at + interval '2.5 seconds' END, 'delivered', CASE WHEN n % 4 <> 0 THEN 31500 ELSE 0 END
       FROM (${rows}) r
     UNION ALL
     SELECT ${uuid('s')}, ${uuid('v')}, ($4::uuid[])[1 + n % array_length($4::uuid[], 1)], n % 7 <> 0, (ARRAY['BR','IN','ID','DE','CO'])[1 + n % 5], 1, 'fallback', 'sms', 'twilio', ($5::uuid[])[2], 'otp_text', 'en',
            'delivered', 5, NULL, 'SM' || h, at + interval '1 second', at + interval '4 seconds', 'submitted', 42000
       FROM (${rows}) r WHERE n % 4 = 0`,
    [...arguments_, past.apps, past.connections],
  );
  await sql(
    `INSERT INTO verification_event (id, verification_id, at, kind, detail)
     SELECT ${uuid('e')}, ${uuid('v')}, at + interval '1 second', 'fallback', jsonb_build_object('cause', (ARRAY['failed','timeout','lost'])[1 + (n / 4) % 3], 'step', 1, 'channel', 'sms')
       FROM (${rows}) r WHERE n % 4 = 0`,
    arguments_,
  );
  await sql('ANALYZE verification, message, verification_event');
}
