-- The breaker of a connection: open while its provider is failing. Every process reads it with the configuration.
ALTER TABLE "connection" ADD COLUMN "breaker_state" TEXT NOT NULL DEFAULT 'closed';
ALTER TABLE "connection" ADD COLUMN "breaker_since" TIMESTAMPTZ(3);
ALTER TABLE "connection" ADD COLUMN "breaker_reason" TEXT;
ALTER TABLE "connection" ADD COLUMN "breaker_retry_at" TIMESTAMPTZ(3);
ALTER TABLE "connection" ADD COLUMN "breaker_failed_looks" SMALLINT NOT NULL DEFAULT 0;
-- Until when callbacks signed with the credentials before are believed; null: until somebody ends it.
ALTER TABLE "connection" ADD COLUMN "rotated_at" TIMESTAMPTZ(3);
CREATE TRIGGER "connection_breaker_revision" AFTER UPDATE OF "breaker_state" ON "connection"
  FOR EACH STATEMENT EXECUTE FUNCTION "raise_configuration_revision"();

-- What a provider says of a sender.
CREATE TABLE "sender" (
    "connection_id" UUID NOT NULL,
    "sender" TEXT NOT NULL,
    "quality" TEXT,
    "messaging_limit" TEXT,
    "display_name" TEXT,
    "name_status" TEXT,
    "is_verified" BOOLEAN,
    "at" TIMESTAMPTZ(3) NOT NULL,
    CONSTRAINT "sender_pkey" PRIMARY KEY ("connection_id", "sender")
);

-- Codes sent to a country in one UTC day and what they are estimated to cost, for the caps.
CREATE TABLE "usage_day" (
    "country" CHAR(2) NOT NULL,
    "day" DATE NOT NULL,
    "sends" INTEGER NOT NULL,
    "cost_micros" BIGINT NOT NULL,
    CONSTRAINT "usage_day_pkey" PRIMARY KEY ("country", "day")
);
