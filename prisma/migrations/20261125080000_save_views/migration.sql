-- A search under a name, for oneself or for the team.
CREATE TABLE "saved_view" (
    "id" UUID NOT NULL,
    "owner_id" UUID NOT NULL,
    "is_shared" BOOLEAN NOT NULL DEFAULT false,
    "name" TEXT NOT NULL,
    "query" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "saved_view_pkey" PRIMARY KEY ("id")
);

CREATE INDEX "saved_view_owner_id_idx" ON "saved_view"("owner_id");

ALTER TABLE "saved_view" ADD CONSTRAINT "saved_view_owner_id_fkey" FOREIGN KEY ("owner_id") REFERENCES "console_user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Written by hand from here on.
ALTER TABLE "saved_view"
  ADD CONSTRAINT "saved_view_name" CHECK (char_length("name") BETWEEN 1 AND 60),
  ADD CONSTRAINT "saved_view_query" CHECK (char_length("query") <= 2000);

-- The team's menu reads these alone.
CREATE INDEX "saved_view_shared" ON "saved_view" ("name") WHERE "is_shared";
