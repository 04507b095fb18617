-- What an app may ask for, and from where. Empty: anything, from anywhere.
ALTER TABLE "app" ADD COLUMN "allowed_use_cases" TEXT[] DEFAULT ARRAY[]::TEXT[];
ALTER TABLE "app" ADD COLUMN "allowed_networks" TEXT[] DEFAULT ARRAY[]::TEXT[];
-- Raised by every edit: an edit that did not see the one before it is refused.
ALTER TABLE "app" ADD COLUMN "edits" INTEGER NOT NULL DEFAULT 0;

-- The second factor of a person (RFC 6238). A pending secret becomes the secret once a code of it was entered.
ALTER TABLE "console_user" ADD COLUMN "totp_sealed" BYTEA;
ALTER TABLE "console_user" ADD COLUMN "totp_at" TIMESTAMPTZ(3);
ALTER TABLE "console_user" ADD COLUMN "totp_pending_sealed" BYTEA;
ALTER TABLE "console_user" ADD COLUMN "totp_pending_at" TIMESTAMPTZ(3);
-- The newest time step whose code was accepted: no code of this step or an older one is accepted again.
ALTER TABLE "console_user" ADD COLUMN "totp_step" BIGINT NOT NULL DEFAULT 0;

CREATE TABLE "console_recovery_code" (
    "user_id" UUID NOT NULL,
    "digest" BYTEA NOT NULL,
    "spent_at" TIMESTAMPTZ(3),
    CONSTRAINT "console_recovery_code_pkey" PRIMARY KEY ("user_id", "digest")
);
ALTER TABLE "console_recovery_code" ADD CONSTRAINT "console_recovery_code_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "console_user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

CREATE TABLE "console_invite" (
    "id" UUID NOT NULL,
    "email" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "token_digest" BYTEA NOT NULL,
    "invited_by" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "accepted_at" TIMESTAMPTZ(3),
    "withdrawn_at" TIMESTAMPTZ(3),
    CONSTRAINT "console_invite_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "console_invite_token_digest_key" ON "console_invite"("token_digest");
-- One open invitation per address: inviting again replaces the link.
CREATE UNIQUE INDEX "console_invite_open" ON "console_invite"("email") WHERE "accepted_at" IS NULL AND "withdrawn_at" IS NULL;

-- The audit log is read newest first, by who, what and to what. Entries of one moment are told apart by their id.
CREATE INDEX "audit_entry_action_at_id_idx" ON "audit_entry"("action", "at", "id");
CREATE INDEX "audit_entry_target_id_at_id_idx" ON "audit_entry"("target_id", "at", "id");
CREATE INDEX "audit_entry_who" ON "audit_entry"((COALESCE("actor"->>'email', "actor"->>'keyId', "actor"->>'what')), "at", "id");
