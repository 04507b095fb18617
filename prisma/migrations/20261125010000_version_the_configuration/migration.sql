-- What a country may cost in a day, and prices that are known to change.
ALTER TABLE "route" ADD COLUMN "price_changes" JSONB;
ALTER TABLE "route" ADD COLUMN "sends_per_day_max" INTEGER;
ALTER TABLE "route" ADD COLUMN "spend_per_day_max_micros" BIGINT;

-- Rules of a use case that the first release had fixed.
ALTER TABLE "policy" ADD COLUMN "alphabet" TEXT NOT NULL DEFAULT 'digits';
ALTER TABLE "policy" ADD COLUMN "binds_transaction" BOOLEAN NOT NULL DEFAULT false;
ALTER TABLE "policy" ADD COLUMN "pack" TEXT;

-- What a WhatsApp template says about time and how it is confirmed; what carriers and mail need beside a text.
ALTER TABLE "template" ADD COLUMN "code_expiration_minutes" SMALLINT;
ALTER TABLE "template" ADD COLUMN "ttl_seconds" INTEGER;
ALTER TABLE "template" ADD COLUMN "button" TEXT;
ALTER TABLE "template" ADD COLUMN "subject" TEXT;
ALTER TABLE "template" ADD COLUMN "dlt_template_id" TEXT;

-- Sends per number, prefix and address: one row.
CREATE TABLE "send_limits" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "number_per_10_minutes" INTEGER NOT NULL,
    "number_per_day" INTEGER NOT NULL,
    "prefix_per_hour" INTEGER NOT NULL,
    "ip_per_hour" INTEGER NOT NULL,
    CONSTRAINT "send_limits_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "send_limits_one_row" CHECK ("id" = 1)
);
INSERT INTO "send_limits" VALUES (1, 5, 10, 20, 10);
CREATE TRIGGER "send_limits_revision" AFTER INSERT OR UPDATE OR DELETE ON "send_limits" FOR EACH STATEMENT EXECUTE FUNCTION "raise_configuration_revision"();

CREATE TABLE "configuration_version" (
    "version" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "actor" JSONB NOT NULL,
    "note" TEXT NOT NULL,
    "changes" JSONB NOT NULL,
    "document" JSONB NOT NULL,
    "impact" JSONB NOT NULL,
    "rolls_back_to" INTEGER,
    CONSTRAINT "configuration_version_pkey" PRIMARY KEY ("version")
);
-- What was published is history: only the next version can change it.
CREATE FUNCTION "refuse_version_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'published versions are never changed';
END $$;
CREATE TRIGGER "configuration_version_append_only" BEFORE UPDATE OR DELETE ON "configuration_version" FOR EACH ROW EXECUTE FUNCTION "refuse_version_change"();

CREATE TABLE "configuration_draft" (
    "user_id" UUID NOT NULL,
    "entities" JSONB NOT NULL,
    "base" JSONB NOT NULL,
    "revision" INTEGER NOT NULL DEFAULT 1,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "configuration_draft_pkey" PRIMARY KEY ("user_id")
);
