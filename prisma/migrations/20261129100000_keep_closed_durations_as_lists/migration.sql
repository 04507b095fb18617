-- Nobody counts meanwhile: what changes waits in the queue (lib/db/rollups/project.ts).
SELECT pg_advisory_xact_lock(7170001);

CREATE TABLE "duration_step" (
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
    "buckets" SMALLINT[],
    "counts" INTEGER[],

    CONSTRAINT "duration_step_pkey" PRIMARY KEY ("duration","cut","grain","app_id","at","use_case","country","channel","connection_id","template","locale")
);

-- Written once; what comes late is added in its page.
ALTER TABLE "duration_step" SET (fillfactor = 90, autovacuum_vacuum_scale_factor = 0.05);
ALTER TABLE "duration_step" ADD CONSTRAINT "duration_step_lists" CHECK ("buckets" IS NOT NULL AND "counts" IS NOT NULL AND cardinality("buckets") = cardinality("counts"));

SET LOCAL work_mem = '256MB';
INSERT INTO "duration_step" (
  "duration", "cut", "grain", "app_id", "at", "use_case", "country", "channel", "connection_id", "template", "locale", "buckets", "counts"
)
SELECT
  "duration", "cut", "grain", "app_id", "at", "use_case", "country", "channel", "connection_id", "template", "locale",
  array_agg("bucket" ORDER BY "bucket"), array_agg("n" ORDER BY "bucket")
  FROM "duration_rollup"
 WHERE "n" <> 0 AND ("grain" > 30 OR "grain" = 30 AND "at" < (SELECT "until" FROM "rollup_closed" WHERE "grain" = 180))
 GROUP BY "duration", "cut", "grain", "app_id", "at", "use_case", "country", "channel", "connection_id", "template", "locale"
 ORDER BY "duration", "cut", "grain", "app_id", "at";

-- Nearly all rows go: the few that stay are written again.
CREATE TEMPORARY TABLE "open_durations" ON COMMIT DROP AS
SELECT * FROM "duration_rollup" WHERE "n" <> 0 AND "grain" = 30 AND "at" >= (SELECT "until" FROM "rollup_closed" WHERE "grain" = 180);
TRUNCATE "duration_rollup";
INSERT INTO "duration_rollup" SELECT * FROM "open_durations";
DROP TABLE "open_durations";

-- A process of before, until it is replaced, would write closed steps here: it fails, and what it took stays in the queue for the next one.
ALTER TABLE "duration_rollup" ADD CONSTRAINT "duration_rollup_open" CHECK ("grain" <= 30);
