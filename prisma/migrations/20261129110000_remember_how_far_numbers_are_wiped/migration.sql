-- Wiping numbers begins where it ended: it read everything that was wiped before, each time.
CREATE TABLE "retention_mark" (
    "name" TEXT NOT NULL,
    "until" UUID NOT NULL,

    CONSTRAINT "retention_mark_pkey" PRIMARY KEY ("name")
);

INSERT INTO "retention_mark" ("name", "until") VALUES ('numbers', '00000000-0000-0000-0000-000000000000');
