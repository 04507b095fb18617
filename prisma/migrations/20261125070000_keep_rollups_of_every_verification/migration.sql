CREATE TABLE "rollup_queue" (
    "seq" BIGSERIAL NOT NULL,
    "verification_ids" UUID[],
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT "rollup_queue_pkey" PRIMARY KEY ("seq")
);

CREATE TABLE "verification_tally" (
    "verification_id" UUID NOT NULL,
    "is_pending" BOOLEAN NOT NULL,
    "flags" INTEGER NOT NULL,
    "checks" SMALLINT NOT NULL,
    "wrong_checks" SMALLINT NOT NULL,
    "respond_bucket" SMALLINT,
    "verify_bucket" SMALLINT,
    "rescue_bucket" SMALLINT,
    "cost_micros" BIGINT NOT NULL,
    "wasted_micros" BIGINT NOT NULL,
    "duplicate_micros" BIGINT NOT NULL,
    "all_sms_micros" BIGINT,
    "message_ids" UUID[],
    "message_flags" SMALLINT[],
    "message_costs" BIGINT[],
    "message_billed" BIGINT[],
    "message_estimates" BIGINT[],
    "deliver_buckets" SMALLINT[],
    "lag_buckets" SMALLINT[],
    "message_reasons" TEXT[],

    CONSTRAINT "verification_tally_pkey" PRIMARY KEY ("verification_id")
);

CREATE TABLE "verification_rollup" (
    "cut" SMALLINT NOT NULL,
    "grain" SMALLINT NOT NULL,
    "app_id" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "use_case" TEXT NOT NULL,
    "country" TEXT NOT NULL,
    "channel" TEXT NOT NULL,
    "connection_id" UUID NOT NULL,
    "template" TEXT NOT NULL,
    "locale" TEXT NOT NULL,
    "week_hour" SMALLINT NOT NULL,
    "is_pending" BOOLEAN NOT NULL,
    "created" INTEGER NOT NULL DEFAULT 0,
    "approved" INTEGER NOT NULL DEFAULT 0,
    "expired" INTEGER NOT NULL DEFAULT 0,
    "locked" INTEGER NOT NULL DEFAULT 0,
    "canceled" INTEGER NOT NULL DEFAULT 0,
    "undeliverable" INTEGER NOT NULL DEFAULT 0,
    "submitted" INTEGER NOT NULL DEFAULT 0,
    "accepted" INTEGER NOT NULL DEFAULT 0,
    "delivered" INTEGER NOT NULL DEFAULT 0,
    "read" INTEGER NOT NULL DEFAULT 0,
    "checked" INTEGER NOT NULL DEFAULT 0,
    "checks" INTEGER NOT NULL DEFAULT 0,
    "wrong_checks" INTEGER NOT NULL DEFAULT 0,
    "late_checked" INTEGER NOT NULL DEFAULT 0,
    "resent" INTEGER NOT NULL DEFAULT 0,
    "started_whatsapp" INTEGER NOT NULL DEFAULT 0,
    "fell_back" INTEGER NOT NULL DEFAULT 0,
    "fell_back_failed" INTEGER NOT NULL DEFAULT 0,
    "fell_back_timeout" INTEGER NOT NULL DEFAULT 0,
    "rescued" INTEGER NOT NULL DEFAULT 0,
    "duplicated" INTEGER NOT NULL DEFAULT 0,
    "responded" INTEGER NOT NULL DEFAULT 0,
    "response_bucket_sum" BIGINT NOT NULL DEFAULT 0,
    "cost_micros" BIGINT NOT NULL DEFAULT 0,
    "wasted_micros" BIGINT NOT NULL DEFAULT 0,
    "duplicate_micros" BIGINT NOT NULL DEFAULT 0,
    "all_sms_micros" BIGINT NOT NULL DEFAULT 0,
    "comparable_micros" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "verification_rollup_pkey" PRIMARY KEY ("cut","grain","app_id","at","use_case","country","channel","connection_id","template","locale","week_hour","is_pending")
);

CREATE TABLE "message_rollup" (
    "cut" SMALLINT NOT NULL,
    "grain" SMALLINT NOT NULL,
    "app_id" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "use_case" TEXT NOT NULL,
    "country" TEXT NOT NULL,
    "channel" TEXT NOT NULL,
    "connection_id" UUID NOT NULL,
    "template" TEXT NOT NULL,
    "locale" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "is_pending" BOOLEAN NOT NULL,
    "messages" INTEGER NOT NULL DEFAULT 0,
    "accepted" INTEGER NOT NULL DEFAULT 0,
    "traced" INTEGER NOT NULL DEFAULT 0,
    "delivered" INTEGER NOT NULL DEFAULT 0,
    "read" INTEGER NOT NULL DEFAULT 0,
    "failed" INTEGER NOT NULL DEFAULT 0,
    "unknown" INTEGER NOT NULL DEFAULT 0,
    "credited" INTEGER NOT NULL DEFAULT 0,
    "cost_micros" BIGINT NOT NULL DEFAULT 0,
    "billed" INTEGER NOT NULL DEFAULT 0,
    "billed_micros" BIGINT NOT NULL DEFAULT 0,
    "billed_estimate_micros" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "message_rollup_pkey" PRIMARY KEY ("cut","grain","app_id","at","use_case","country","channel","connection_id","template","locale","reason","is_pending")
);

CREATE TABLE "duration_rollup" (
    "duration" SMALLINT NOT NULL,
    "cut" SMALLINT NOT NULL,
    "grain" SMALLINT NOT NULL,
    "app_id" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "use_case" TEXT NOT NULL,
    "country" TEXT NOT NULL,
    "channel" TEXT NOT NULL,
    "connection_id" UUID NOT NULL,
    "template" TEXT NOT NULL,
    "locale" TEXT NOT NULL,
    "bucket" SMALLINT NOT NULL,
    "n" INTEGER NOT NULL,

    CONSTRAINT "duration_rollup_pkey" PRIMARY KEY ("duration","cut","grain","app_id","at","use_case","country","channel","connection_id","template","locale","bucket")
);

CREATE INDEX "verification_rollup_cut_grain_app_id_country_use_case_chann_idx" ON "verification_rollup"("cut", "grain", "app_id", "country", "use_case", "channel", "at");

CREATE INDEX "message_rollup_cut_grain_app_id_country_use_case_channel_at_idx" ON "message_rollup"("cut", "grain", "app_id", "country", "use_case", "channel", "at");


-- Rows are made once and then only added to: room in the page keeps such updates out of the indexes.
ALTER TABLE "verification_rollup" SET (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);
ALTER TABLE "message_rollup" SET (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);
ALTER TABLE "duration_rollup" SET (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05);
ALTER TABLE "verification_tally" SET (fillfactor = 80);
-- As many rows go as come, every second.
ALTER TABLE "rollup_queue" SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_cost_delay = 0);

-- One row per statement, however many verifications it touched: a batch of 64 issues costs one. Test traffic is not counted.
CREATE FUNCTION "queue_changed_verifications"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- Most often an issue that ends no older verification: asking first costs a quarter of inserting nothing.
  IF EXISTS (SELECT FROM changed WHERE livemode) THEN
    INSERT INTO rollup_queue (verification_ids) SELECT array_agg(id) FROM changed WHERE livemode;
  END IF;
  RETURN NULL;
END $$;
CREATE FUNCTION "queue_verifications_of_messages"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO rollup_queue (verification_ids) SELECT array_agg(verification_id) FROM changed WHERE livemode HAVING count(*) > 0;
  RETURN NULL;
END $$;
CREATE FUNCTION "queue_verifications_of_late_checks"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO rollup_queue (verification_ids) SELECT array_agg(verification_id) FROM changed WHERE outcome = 'expired' HAVING count(*) > 0;
  RETURN NULL;
END $$;
-- A verification is always made together with its first message: the message's insert tells of both.
CREATE TRIGGER "verification_changed" AFTER UPDATE ON "verification"
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION "queue_changed_verifications"();
CREATE TRIGGER "message_made" AFTER INSERT ON "message"
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION "queue_verifications_of_messages"();
CREATE TRIGGER "message_changed" AFTER UPDATE ON "message"
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION "queue_verifications_of_messages"();
CREATE TRIGGER "late_check_made" AFTER INSERT ON "check_attempt"
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION "queue_verifications_of_late_checks"();

-- What was there before is counted by the first refresh, in pieces.
INSERT INTO "rollup_queue" ("verification_ids")
SELECT array_agg("id") FROM (SELECT "id", (row_number() OVER (ORDER BY "id") - 1) / 500 AS "piece" FROM "verification" WHERE "livemode") v
 GROUP BY "piece" ORDER BY "piece";
