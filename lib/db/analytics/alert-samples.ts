import { SETTLED_SECONDS } from '@/lib/db/analytics/alert-flows';
import type { Db, Statement } from '@/lib/db/client';
import type { AlertKind } from '@/lib/domain/alerts/rules';
import type { Channel } from '@/lib/domain/channel';

const SAMPLES: Statement = {
  name: 'alert_samples',
  text: `
SELECT verification_id AS id
  FROM (SELECT verification_id, country, channel, connection_id, app_id, state, template, provider_message_id, submitted_at, sent_at, delivered_at, read_at, failed_at, id
          FROM message WHERE id >= $1::uuid AND livemode ORDER BY id DESC LIMIT 20000) m
 WHERE ($2::uuid IS NULL OR connection_id = $2) AND ($3::text IS NULL OR channel = $3) AND (cardinality($4::text[]) = 0 OR country = ANY ($4))
   AND ($5::uuid IS NULL OR app_id = $5)
   AND CASE $6::text
         WHEN 'delivery_drop' THEN delivered_at IS NULL AND read_at IS NULL AND (state = 'failed' OR (provider_message_id IS NOT NULL AND submitted_at < now() - interval '${SETTLED_SECONDS} seconds'))
         WHEN 'slow_delivery' THEN LEAST(delivered_at, read_at) - submitted_at > make_interval(secs => $8::float8)
         WHEN 'unknown_rate' THEN state = 'unknown'
         WHEN 'webhook_silence' THEN provider_message_id IS NOT NULL AND sent_at IS NULL AND delivered_at IS NULL AND read_at IS NULL AND failed_at IS NULL
         WHEN 'template_not_sendable' THEN template = $7
         ELSE true END
 ORDER BY id DESC LIMIT 25`,
};

/** Up to five verifications that show a cause, newest first. */
export async function alertSamples(
  db: Db,
  sinceId: string,
  cause: {
    kind: AlertKind;
    connectionId: string | null;
    channel: Channel | null;
    countries: readonly string[];
    appId: string | null;
    template: string | null;
    /** For slow delivery: what took longer than this is slow. */
    slowSeconds?: number;
  },
): Promise<string[]> {
  const rows = await db.query<{ id: string }>(SAMPLES, [
    sinceId,
    cause.connectionId,
    cause.channel,
    cause.countries,
    cause.appId,
    cause.kind,
    cause.template,
    cause.slowSeconds ?? 0,
  ]);
  return [...new Set(rows.map(({ id }) => id))].slice(0, 5);
}
