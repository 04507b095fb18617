-- What is watched, what was found, and who is told.
CREATE TABLE "alert_rule" (
    "id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "window_minutes" INTEGER NOT NULL,
    "minimum_volume" INTEGER NOT NULL,
    "thresholds" JSONB NOT NULL,
    "app_id" UUID,
    "country" CHAR(2),
    "channel" TEXT,
    "connection_id" UUID,
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "destinations" UUID[],
    "edits" INTEGER NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "alert_rule_pkey" PRIMARY KEY ("id")
);
-- What an installation begins with; the numbers are lib/domain/alerts/rules.ts.
INSERT INTO "alert_rule" ("id", "kind", "name", "window_minutes", "minimum_volume", "thresholds", "destinations") VALUES
  ('01920000-0000-7000-8000-000000000001', 'delivery_drop', 'Delivery drops', 15, 50, '{"dropPoints": 0.1, "dropShare": 0.15}', '{}'),
  ('01920000-0000-7000-8000-000000000002', 'slow_delivery', 'Delivery is slow', 15, 50, '{"p90Ms": 30000, "factor": 4}', '{}'),
  ('01920000-0000-7000-8000-000000000003', 'unknown_rate', 'Providers do not answer', 15, 30, '{"share": 0.1}', '{}'),
  ('01920000-0000-7000-8000-000000000004', 'spend', 'Spend of an hour', 60, 100, '{"limitMicros": null, "factor": 3}', '{}'),
  ('01920000-0000-7000-8000-000000000005', 'template_not_sendable', 'A template cannot be sent', 60, 0, '{}', '{}'),
  ('01920000-0000-7000-8000-000000000006', 'webhook_silence', 'No receipts come', 10, 20, '{}', '{}');

CREATE TABLE "alert" (
    "id" UUID NOT NULL,
    "rule_id" UUID,
    "kind" TEXT NOT NULL,
    "fingerprint" TEXT NOT NULL,
    "scope" JSONB NOT NULL,
    "severity" TEXT NOT NULL,
    "cause" TEXT NOT NULL,
    "evidence" JSONB NOT NULL,
    "samples" UUID[],
    "series" JSONB NOT NULL DEFAULT '[]',
    "peak" DOUBLE PRECISION NOT NULL,
    "opened_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_seen_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "resolved_at" TIMESTAMPTZ(3),
    "resolved_why" TEXT,
    "quiet_evaluations" SMALLINT NOT NULL DEFAULT 0,
    "openings" INTEGER NOT NULL DEFAULT 1,
    "snoozed_until" TIMESTAMPTZ(3),
    "is_snoozed_until_resolved" BOOLEAN NOT NULL DEFAULT false,
    CONSTRAINT "alert_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "alert_opened_at_idx" ON "alert"("opened_at");
-- One open alert per cause, whoever finds it first.
CREATE UNIQUE INDEX "alert_one_open" ON "alert" ("fingerprint") WHERE "resolved_at" IS NULL;

-- One evaluator at a time, and at most every 30 s, whatever the number of workers.
CREATE TABLE "alert_clock" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "at" TIMESTAMPTZ(3) NOT NULL,
    CONSTRAINT "alert_clock_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "alert_clock_one_row" CHECK ("id" = 1)
);
INSERT INTO "alert_clock" VALUES (1, now());

CREATE TABLE "alert_destination" (
    "id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "address" TEXT NOT NULL,
    "secret_sealed" BYTEA,
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "alert_destination_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "alert_delivery" (
    "id" UUID NOT NULL,
    "destination_id" UUID NOT NULL,
    "alert_id" UUID,
    "event" TEXT NOT NULL,
    "body" JSON NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "tries" SMALLINT NOT NULL DEFAULT 0,
    "next_try_at" TIMESTAMPTZ(3),
    "delivered_at" TIMESTAMPTZ(3),
    "last_result" TEXT,
    CONSTRAINT "alert_delivery_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "alert_delivery_destination_id_created_at_idx" ON "alert_delivery"("destination_id", "created_at");
CREATE INDEX "alert_delivery_due" ON "alert_delivery" ("next_try_at") WHERE "next_try_at" IS NOT NULL;

-- Fallback first, for a while.
CREATE TABLE "route_override" (
    "id" UUID NOT NULL,
    "country" CHAR(2) NOT NULL,
    "alert_id" UUID,
    "reason" TEXT NOT NULL,
    "actor" JSONB NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "until" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),
    CONSTRAINT "route_override_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "route_override_ends" CHECK ("until" <= "started_at" + interval '24 hours 1 minute')
);
CREATE INDEX "route_override_started_at_idx" ON "route_override"("started_at");
CREATE UNIQUE INDEX "route_override_one_running" ON "route_override" ("country") WHERE "ended_at" IS NULL;
CREATE TRIGGER "route_override_revision" AFTER INSERT OR UPDATE OR DELETE ON "route_override" FOR EACH STATEMENT EXECUTE FUNCTION "raise_configuration_revision"();

-- Every process reads with the configuration whether timers rest.
CREATE TABLE "incident" (
    "id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "opened_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "silent_since" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "pause_until" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),
    "detail" JSONB NOT NULL,
    CONSTRAINT "incident_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "incident_pause_ends" CHECK ("pause_until" <= "opened_at" + interval '15 minutes')
);
CREATE INDEX "incident_opened_at_idx" ON "incident"("opened_at");
CREATE UNIQUE INDEX "incident_one_open" ON "incident" ("kind") WHERE "ended_at" IS NULL;
CREATE TRIGGER "incident_revision" AFTER INSERT OR UPDATE OR DELETE ON "incident" FOR EACH STATEMENT EXECUTE FUNCTION "raise_configuration_revision"();

ALTER TABLE "verification" ADD COLUMN "paused_by" UUID;
CREATE INDEX "verification_paused" ON "verification" ("paused_by") WHERE "paused_by" IS NOT NULL;

-- A template's state changes by a callback, by a sync and by hand: the trigger sees all of them.
CREATE TABLE "template_change" (
    "id" BIGSERIAL NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "template_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "locale" TEXT NOT NULL,
    "before" TEXT NOT NULL,
    "after" TEXT NOT NULL,
    "reason" TEXT,
    CONSTRAINT "template_change_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "template_change_at_idx" ON "template_change"("at");
CREATE FUNCTION "note_template_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO template_change (template_id, name, locale, before, after, reason)
  VALUES (NEW.id, COALESCE(NEW.provider_name, NEW.channel), NEW.locale, OLD.status, NEW.status, NEW.status_reason);
  RETURN NULL;
END $$;
CREATE TRIGGER "template_status_change" AFTER UPDATE OF "status" ON "template" FOR EACH ROW
  WHEN (OLD.status IS DISTINCT FROM NEW.status) EXECUTE FUNCTION "note_template_change"();
