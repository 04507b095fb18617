-- CreateTable
CREATE TABLE "app" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "brand" TEXT NOT NULL,
    "default_locale" TEXT,
    "web_domain" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "app_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "api_key" (
    "id" UUID NOT NULL,
    "app_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "livemode" BOOLEAN NOT NULL,
    "scopes" TEXT[],
    "secret_hash" BYTEA NOT NULL,
    "last_four" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),
    "last_used_at" TIMESTAMPTZ(3),
    "replaced_by" UUID,

    CONSTRAINT "api_key_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "configuration_revision" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "revision" BIGINT NOT NULL DEFAULT 1,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "configuration_revision_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "route" (
    "scope" TEXT NOT NULL,
    "parent" TEXT,
    "mode" TEXT,
    "channels" JSONB,
    "fallback_on_failed" BOOLEAN,
    "fallback_after_seconds" INTEGER,
    "default_locale" TEXT,
    "prices" JSONB,
    "coverage" TEXT,
    "coverage_source" TEXT,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "route_pkey" PRIMARY KEY ("scope")
);

-- CreateTable
CREATE TABLE "policy" (
    "use_case" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "lifetime_seconds" INTEGER NOT NULL,
    "code_length" INTEGER NOT NULL,
    "checks_max" INTEGER NOT NULL,
    "resend_cooldown_seconds" INTEGER NOT NULL,
    "resends_max" INTEGER NOT NULL,
    "code_mode" TEXT NOT NULL,
    "resend_code" TEXT NOT NULL DEFAULT 'same_code',
    "channels" TEXT[],
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "policy_pkey" PRIMARY KEY ("use_case")
);

-- CreateTable
CREATE TABLE "template" (
    "id" UUID NOT NULL,
    "channel" TEXT NOT NULL,
    "use_case" TEXT,
    "locale" TEXT NOT NULL,
    "provider_name" TEXT,
    "connection_id" UUID,
    "text" TEXT,
    "status" TEXT NOT NULL,
    "status_reason" TEXT,
    "synced_at" TIMESTAMPTZ(3),

    CONSTRAINT "template_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "connection" (
    "id" UUID NOT NULL,
    "provider" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "base_url" TEXT NOT NULL,
    "settings" JSONB NOT NULL,
    "credentials_sealed" BYTEA NOT NULL,
    "previous_sealed" BYTEA,
    "price_rule" TEXT NOT NULL,
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "alerted_at" TIMESTAMPTZ(3),
    "alert_reason" TEXT,

    CONSTRAINT "connection_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "idempotency_key" (
    "app_id" UUID NOT NULL,
    "livemode" BOOLEAN NOT NULL,
    "key" TEXT NOT NULL,
    "operation" TEXT NOT NULL,
    "fingerprint" BYTEA NOT NULL,
    "status" SMALLINT,
    "response" JSON,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "locked_until" TIMESTAMPTZ(3),

    CONSTRAINT "idempotency_key_pkey" PRIMARY KEY ("app_id","livemode","operation","key")
);

-- CreateTable
CREATE TABLE "message" (
    "id" UUID NOT NULL,
    "verification_id" UUID NOT NULL,
    "app_id" UUID NOT NULL,
    "livemode" BOOLEAN NOT NULL,
    "country" CHAR(2) NOT NULL,
    "step" INTEGER NOT NULL,
    "cause" TEXT NOT NULL,
    "channel" TEXT NOT NULL,
    "provider" TEXT NOT NULL,
    "connection_id" UUID NOT NULL,
    "template" TEXT NOT NULL,
    "locale" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "state_rank" SMALLINT NOT NULL,
    "reason" TEXT,
    "provider_code" TEXT,
    "detail" TEXT,
    "provider_message_id" TEXT,
    "code_mac" BYTEA,
    "send_tries" SMALLINT NOT NULL DEFAULT 1,
    "lease_token" UUID,
    "lease_until" TIMESTAMPTZ(3),
    "submitted_at" TIMESTAMPTZ(3) NOT NULL,
    "answered_at" TIMESTAMPTZ(3),
    "sent_at" TIMESTAMPTZ(3),
    "delivered_at" TIMESTAMPTZ(3),
    "read_at" TIMESTAMPTZ(3),
    "failed_at" TIMESTAMPTZ(3),
    "segments" SMALLINT NOT NULL DEFAULT 1,
    "price_micros" BIGINT NOT NULL DEFAULT 0,
    "price_rule" TEXT NOT NULL,
    "cost_micros" BIGINT NOT NULL DEFAULT 0,
    "next_poll_at" TIMESTAMPTZ(3),
    "poll_tries" SMALLINT NOT NULL DEFAULT 0,

    CONSTRAINT "message_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "callback" (
    "id" UUID NOT NULL,
    "connection_id" UUID NOT NULL,
    "digest" BYTEA NOT NULL,
    "body_sealed" BYTEA NOT NULL,
    "query" TEXT NOT NULL DEFAULT '',
    "content_type" TEXT NOT NULL DEFAULT '',
    "received_at" TIMESTAMPTZ(3) NOT NULL,
    "applied_at" TIMESTAMPTZ(3),
    "outcome" TEXT,
    "tries" SMALLINT NOT NULL DEFAULT 0,

    CONSTRAINT "callback_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "receipt" (
    "connection_id" UUID NOT NULL,
    "provider_message_id" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "message_id" UUID,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL,
    "decision" TEXT,
    "reason" TEXT,
    "provider_code" TEXT,
    "detail" TEXT,
    "charged_micros" BIGINT,
    "callback_id" UUID,

    CONSTRAINT "receipt_pkey" PRIMARY KEY ("connection_id","provider_message_id","status")
);

-- CreateTable
CREATE TABLE "console_user" (
    "id" UUID NOT NULL,
    "email" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "password_hash" TEXT NOT NULL,
    "session_version" INTEGER NOT NULL DEFAULT 1,
    "disabled_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_sign_in_at" TIMESTAMPTZ(3),

    CONSTRAINT "console_user_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "console_session" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "session_version" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_seen_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "console_session_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "sign_in_throttle" (
    "key" BYTEA NOT NULL,
    "attempts" TIMESTAMPTZ(3)[],
    "admitted" BOOLEAN NOT NULL DEFAULT true,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "sign_in_throttle_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "audit_entry" (
    "id" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "actor" JSONB NOT NULL,
    "action" TEXT NOT NULL,
    "target_id" TEXT,
    "detail" JSONB NOT NULL DEFAULT '{}',

    CONSTRAINT "audit_entry_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "verification" (
    "id" UUID NOT NULL,
    "app_id" UUID NOT NULL,
    "livemode" BOOLEAN NOT NULL,
    "use_case" TEXT NOT NULL,
    "country" CHAR(2) NOT NULL,
    "to_blind" BYTEA NOT NULL,
    "prefix_blind" BYTEA NOT NULL,
    "to_sealed" BYTEA NOT NULL,
    "to_masked" TEXT NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'pending',
    "end_reason" TEXT,
    "channel" TEXT,
    "locale" TEXT NOT NULL,
    "code_macs" BYTEA[],
    "is_checkable" BOOLEAN NOT NULL DEFAULT true,
    "code_sealed" BYTEA,
    "checks_used" INTEGER NOT NULL DEFAULT 0,
    "checks_max" INTEGER NOT NULL,
    "resends_used" INTEGER NOT NULL DEFAULT 0,
    "plan" JSONB NOT NULL,
    "step" INTEGER NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "resend_after" TIMESTAMPTZ(3) NOT NULL,
    "next_fallback_at" TIMESTAMPTZ(3),
    "fallback_cause" TEXT,
    "lease_token" UUID,
    "lease_until" TIMESTAMPTZ(3),
    "ended_at" TIMESTAMPTZ(3),
    "approved_at" TIMESTAMPTZ(3),
    "credited_message_id" UUID,
    "reference" TEXT,
    "metadata" JSONB,
    "transaction" JSONB,
    "client" JSONB,
    "app_hash" TEXT,
    "request_id" TEXT,

    CONSTRAINT "verification_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "verification_event" (
    "id" UUID NOT NULL,
    "verification_id" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "kind" TEXT NOT NULL,
    "detail" JSONB NOT NULL DEFAULT '{}',

    CONSTRAINT "verification_event_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "check_attempt" (
    "id" UUID NOT NULL,
    "verification_id" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "outcome" TEXT NOT NULL,
    "number" INTEGER,

    CONSTRAINT "check_attempt_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "send_limit" (
    "key" BYTEA NOT NULL,
    "sends" TIMESTAMPTZ(3)[],
    "used_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "send_limit_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "failure_budget" (
    "app_id" UUID NOT NULL,
    "livemode" BOOLEAN NOT NULL,
    "to_blind" BYTEA NOT NULL,
    "use_case" TEXT NOT NULL,
    "failures" TIMESTAMPTZ(3)[],
    "since_success" INTEGER NOT NULL DEFAULT 0,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "failure_budget_pkey" PRIMARY KEY ("app_id","livemode","to_blind","use_case")
);

-- CreateTable
CREATE TABLE "reachability" (
    "to_blind" BYTEA NOT NULL,
    "channel" TEXT NOT NULL,
    "reachable" BOOLEAN NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "reachability_pkey" PRIMARY KEY ("to_blind","channel")
);

-- CreateIndex
CREATE UNIQUE INDEX "api_key_secret_hash_key" ON "api_key"("secret_hash");

-- CreateIndex
CREATE INDEX "api_key_app_id_idx" ON "api_key"("app_id");

-- CreateIndex
CREATE UNIQUE INDEX "template_channel_use_case_locale_connection_id_provider_nam_key" ON "template"("channel", "use_case", "locale", "connection_id", "provider_name");

-- CreateIndex
CREATE INDEX "idempotency_key_created_at_idx" ON "idempotency_key"("created_at");

-- CreateIndex
CREATE INDEX "message_verification_id_idx" ON "message"("verification_id");

-- CreateIndex
CREATE UNIQUE INDEX "callback_digest_key" ON "callback"("digest");

-- CreateIndex
CREATE INDEX "callback_received_at_idx" ON "callback"("received_at");

-- CreateIndex
CREATE INDEX "receipt_message_id_idx" ON "receipt"("message_id");

-- CreateIndex
CREATE UNIQUE INDEX "console_user_email_key" ON "console_user"("email");

-- CreateIndex
CREATE INDEX "console_session_user_id_idx" ON "console_session"("user_id");

-- CreateIndex
CREATE INDEX "audit_entry_at_idx" ON "audit_entry"("at");

-- CreateIndex
CREATE INDEX "verification_app_id_id_idx" ON "verification"("app_id", "id");

-- CreateIndex
CREATE INDEX "verification_to_blind_idx" ON "verification"("to_blind");

-- CreateIndex
CREATE INDEX "verification_event_verification_id_idx" ON "verification_event"("verification_id");

-- CreateIndex
CREATE INDEX "check_attempt_verification_id_idx" ON "check_attempt"("verification_id");

-- CreateIndex
CREATE INDEX "send_limit_used_at_idx" ON "send_limit"("used_at");

-- CreateIndex
CREATE INDEX "failure_budget_updated_at_idx" ON "failure_budget"("updated_at");

-- AddForeignKey
ALTER TABLE "api_key" ADD CONSTRAINT "api_key_app_id_fkey" FOREIGN KEY ("app_id") REFERENCES "app"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "console_session" ADD CONSTRAINT "console_session_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "console_user"("id") ON DELETE CASCADE ON UPDATE CASCADE;


-- Written by hand from here on: what the schema language cannot say.

-- One live verification per app, number and use case, ever. `is_checkable` rather than `status = 'pending'`, because an
-- undeliverable verification may still be approved until it expires.
CREATE UNIQUE INDEX "verification_one_live" ON "verification" ("to_blind", "app_id", "use_case", "livemode") WHERE "is_checkable";

-- Timers and expiry share one index: the next moment at which somebody must look.
CREATE INDEX "verification_due" ON "verification" (LEAST("next_fallback_at", "expires_at")) WHERE "is_checkable";

-- The caller's own id, for those who send one.
CREATE INDEX "verification_reference" ON "verification" ("reference") WHERE "reference" IS NOT NULL;

CREATE INDEX "message_lease" ON "message" ("lease_until") WHERE "lease_until" IS NOT NULL;
CREATE INDEX "message_poll" ON "message" ("next_poll_at") WHERE "next_poll_at" IS NOT NULL;
CREATE UNIQUE INDEX "message_at_provider" ON "message" ("connection_id", "provider_message_id") WHERE "provider_message_id" IS NOT NULL;
CREATE INDEX "callback_unapplied" ON "callback" ("received_at") WHERE "applied_at" IS NULL;
CREATE INDEX "receipt_unmatched" ON "receipt" ("received_at") WHERE "message_id" IS NULL;

-- Room on the page for the updates that every row gets.
ALTER TABLE "verification" SET (fillfactor = 80);
ALTER TABLE "message" SET (fillfactor = 80);
ALTER TABLE "send_limit" SET (fillfactor = 70);
ALTER TABLE "failure_budget" SET (fillfactor = 70);

ALTER TABLE "verification"
  ADD CONSTRAINT "verification_status" CHECK ("status" IN ('pending', 'approved', 'expired', 'locked', 'canceled', 'undeliverable')),
  ADD CONSTRAINT "verification_checks" CHECK ("checks_used" BETWEEN 0 AND "checks_max");

-- Every process compares this number with its own snapshot.
INSERT INTO "configuration_revision" ("id", "revision") VALUES (1, 1);

CREATE FUNCTION "raise_configuration_revision"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE configuration_revision SET revision = revision + 1, at = now() WHERE id = 1;
  RETURN NULL;
END $$;

CREATE TRIGGER "app_revision" AFTER INSERT OR UPDATE OR DELETE ON "app" FOR EACH STATEMENT EXECUTE FUNCTION "raise_configuration_revision"();
CREATE TRIGGER "route_revision" AFTER INSERT OR UPDATE OR DELETE ON "route" FOR EACH STATEMENT EXECUTE FUNCTION "raise_configuration_revision"();
CREATE TRIGGER "policy_revision" AFTER INSERT OR UPDATE OR DELETE ON "policy" FOR EACH STATEMENT EXECUTE FUNCTION "raise_configuration_revision"();
CREATE TRIGGER "template_revision" AFTER INSERT OR UPDATE OR DELETE ON "template" FOR EACH STATEMENT EXECUTE FUNCTION "raise_configuration_revision"();
-- "Last used" and "last alert" are news, not configuration.
CREATE TRIGGER "api_key_revision" AFTER INSERT OR DELETE OR UPDATE OF "name", "scopes", "expires_at", "revoked_at", "replaced_by" ON "api_key"
  FOR EACH STATEMENT EXECUTE FUNCTION "raise_configuration_revision"();
CREATE TRIGGER "connection_revision" AFTER INSERT OR DELETE OR UPDATE OF "name", "base_url", "settings", "credentials_sealed", "previous_sealed", "price_rule", "enabled" ON "connection"
  FOR EACH STATEMENT EXECUTE FUNCTION "raise_configuration_revision"();

-- The audit log only grows.
CREATE FUNCTION "refuse_audit_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'audit entries are never changed';
END $$;
CREATE TRIGGER "audit_entry_append_only" BEFORE UPDATE OR DELETE ON "audit_entry" FOR EACH ROW EXECUTE FUNCTION "refuse_audit_change"();
