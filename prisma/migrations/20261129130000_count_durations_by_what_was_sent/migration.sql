CREATE TABLE "duration_kept" (
    "cut" SMALLINT NOT NULL,
    "since" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "duration_kept_pkey" PRIMARY KEY ("cut")
);

-- From the next day of UTC on; one more hour, because the worker of before may go on until it is replaced. Where nothing was counted, all there will be has them.
INSERT INTO "duration_kept" ("cut", "since")
SELECT "cut", CASE
    WHEN EXISTS (SELECT FROM "verification_rollup" WHERE "cut" = 0 AND "grain" IN (5, 30, 1440))
    THEN date_bin('1 day', now() + interval '25 hours', 'epoch'::timestamptz)
    ELSE 'epoch'::timestamptz END
  FROM unnest('{14,15}'::smallint[]) AS "cut";
