CREATE TABLE "rollup_kept" (
    "grain" SMALLINT NOT NULL,
    "since" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "rollup_kept_pkey" PRIMARY KEY ("grain")
);

-- Sixteen days of half-hours were kept of most cuts. Two days fewer: the worker of before may still tidy up until it is replaced.
-- Where nothing is as old, all there is has them.
INSERT INTO "rollup_kept" ("grain", "since")
SELECT 30, CASE
    WHEN EXISTS (SELECT FROM "verification_rollup" WHERE "cut" = 0 AND "grain" IN (30, 1440) AND "at" < now() - interval '14 days')
    THEN date_bin('1 day', now(), 'epoch'::timestamptz) - interval '13 days'
    ELSE 'epoch'::timestamptz END;
