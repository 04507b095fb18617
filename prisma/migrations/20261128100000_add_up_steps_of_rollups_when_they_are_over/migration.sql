CREATE TABLE "rollup_closed" (
    "grain" SMALLINT NOT NULL,
    "until" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "rollup_closed_pkey" PRIMARY KEY ("grain")
);

-- All that is over is closed now; from here on the worker closes steps.
INSERT INTO "rollup_closed" ("grain", "until")
SELECT "grain", date_bin(make_interval(mins => "grain"), now(), 'epoch'::timestamptz) FROM (VALUES (180), (1440), (10080)) AS "g"("grain");

-- Three hours out of the half-hours that are kept, weeks out of days; wide cuts (9) have neither. Days of before are there: they were written at once.
INSERT INTO "verification_rollup" (
  "cut", "grain", "app_id", "at", "use_case", "country", "channel", "connection_id", "template", "locale", "week_hour", "is_pending", "created",
  "approved", "expired", "locked", "canceled", "undeliverable", "submitted", "accepted", "delivered", "read", "checked", "checks", "wrong_checks",
  "late_checked", "resent", "started_whatsapp", "fell_back", "fell_back_failed", "fell_back_timeout", "rescued", "duplicated", "responded",
  "response_bucket_sum", "cost_micros", "wasted_micros", "duplicate_micros", "all_sms_micros", "comparable_micros"
)
SELECT
  "cut", 180, "app_id", date_bin('180 minutes', "at", 'epoch'::timestamptz), "use_case", "country", "channel", "connection_id", "template", "locale",
  "week_hour", "is_pending", sum("created"), sum("approved"), sum("expired"), sum("locked"), sum("canceled"), sum("undeliverable"), sum("submitted"),
  sum("accepted"), sum("delivered"), sum("read"), sum("checked"), sum("checks"), sum("wrong_checks"), sum("late_checked"), sum("resent"),
  sum("started_whatsapp"), sum("fell_back"), sum("fell_back_failed"), sum("fell_back_timeout"), sum("rescued"), sum("duplicated"), sum("responded"),
  sum("response_bucket_sum")::bigint, sum("cost_micros")::bigint, sum("wasted_micros")::bigint, sum("duplicate_micros")::bigint,
  sum("all_sms_micros")::bigint, sum("comparable_micros")::bigint
  FROM "verification_rollup"
 WHERE "grain" = 30 AND "cut" <> 9 AND "at" < (SELECT "until" FROM "rollup_closed" WHERE "grain" = 180)
 GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12
HAVING sum("created") <> 0
 ORDER BY "cut", "app_id", 4;
INSERT INTO "verification_rollup" (
  "cut", "grain", "app_id", "at", "use_case", "country", "channel", "connection_id", "template", "locale", "week_hour", "is_pending", "created",
  "approved", "expired", "locked", "canceled", "undeliverable", "submitted", "accepted", "delivered", "read", "checked", "checks", "wrong_checks",
  "late_checked", "resent", "started_whatsapp", "fell_back", "fell_back_failed", "fell_back_timeout", "rescued", "duplicated", "responded",
  "response_bucket_sum", "cost_micros", "wasted_micros", "duplicate_micros", "all_sms_micros", "comparable_micros"
)
SELECT
  "cut", 10080, "app_id", date_bin('10080 minutes', "at", 'epoch'::timestamptz), "use_case", "country", "channel", "connection_id", "template",
  "locale", "week_hour", "is_pending", sum("created"), sum("approved"), sum("expired"), sum("locked"), sum("canceled"), sum("undeliverable"),
  sum("submitted"), sum("accepted"), sum("delivered"), sum("read"), sum("checked"), sum("checks"), sum("wrong_checks"), sum("late_checked"),
  sum("resent"), sum("started_whatsapp"), sum("fell_back"), sum("fell_back_failed"), sum("fell_back_timeout"), sum("rescued"), sum("duplicated"),
  sum("responded"), sum("response_bucket_sum")::bigint, sum("cost_micros")::bigint, sum("wasted_micros")::bigint, sum("duplicate_micros")::bigint,
  sum("all_sms_micros")::bigint, sum("comparable_micros")::bigint
  FROM "verification_rollup"
 WHERE "grain" = 1440 AND "cut" <> 9 AND "at" < (SELECT "until" FROM "rollup_closed" WHERE "grain" = 10080)
 GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12
HAVING sum("created") <> 0
 ORDER BY "cut", "app_id", 4;
INSERT INTO "message_rollup" (
  "cut", "grain", "app_id", "at", "use_case", "country", "channel", "connection_id", "template", "locale", "reason", "is_pending", "messages",
  "accepted", "traced", "delivered", "read", "failed", "unknown", "credited", "cost_micros", "billed", "billed_micros", "billed_estimate_micros"
)
SELECT
  "cut", 180, "app_id", date_bin('180 minutes', "at", 'epoch'::timestamptz), "use_case", "country", "channel", "connection_id", "template", "locale",
  "reason", "is_pending", sum("messages"), sum("accepted"), sum("traced"), sum("delivered"), sum("read"), sum("failed"), sum("unknown"),
  sum("credited"), sum("cost_micros")::bigint, sum("billed"), sum("billed_micros")::bigint, sum("billed_estimate_micros")::bigint
  FROM "message_rollup"
 WHERE "grain" = 30 AND "cut" <> 9 AND "at" < (SELECT "until" FROM "rollup_closed" WHERE "grain" = 180)
 GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12
HAVING sum("messages") <> 0
 ORDER BY "cut", "app_id", 4;
INSERT INTO "message_rollup" (
  "cut", "grain", "app_id", "at", "use_case", "country", "channel", "connection_id", "template", "locale", "reason", "is_pending", "messages",
  "accepted", "traced", "delivered", "read", "failed", "unknown", "credited", "cost_micros", "billed", "billed_micros", "billed_estimate_micros"
)
SELECT
  "cut", 10080, "app_id", date_bin('10080 minutes', "at", 'epoch'::timestamptz), "use_case", "country", "channel", "connection_id", "template",
  "locale", "reason", "is_pending", sum("messages"), sum("accepted"), sum("traced"), sum("delivered"), sum("read"), sum("failed"), sum("unknown"),
  sum("credited"), sum("cost_micros")::bigint, sum("billed"), sum("billed_micros")::bigint, sum("billed_estimate_micros")::bigint
  FROM "message_rollup"
 WHERE "grain" = 1440 AND "cut" <> 9 AND "at" < (SELECT "until" FROM "rollup_closed" WHERE "grain" = 10080)
 GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12
HAVING sum("messages") <> 0
 ORDER BY "cut", "app_id", 4;
INSERT INTO "duration_rollup" (
  "cut", "grain", "app_id", "at", "duration", "use_case", "country", "channel", "connection_id", "template", "locale", "bucket", "n"
)
SELECT
  "cut", 180, "app_id", date_bin('180 minutes', "at", 'epoch'::timestamptz), "duration", "use_case", "country", "channel", "connection_id", "template",
  "locale", "bucket", sum("n")
  FROM "duration_rollup"
 WHERE "grain" = 30 AND "cut" <> 9 AND "at" < (SELECT "until" FROM "rollup_closed" WHERE "grain" = 180)
 GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12
HAVING sum("n") <> 0
 ORDER BY "duration", "cut", "app_id", 4;
INSERT INTO "duration_rollup" (
  "cut", "grain", "app_id", "at", "duration", "use_case", "country", "channel", "connection_id", "template", "locale", "bucket", "n"
)
SELECT
  "cut", 10080, "app_id", date_bin('10080 minutes', "at", 'epoch'::timestamptz), "duration", "use_case", "country", "channel", "connection_id",
  "template", "locale", "bucket", sum("n")
  FROM "duration_rollup"
 WHERE "grain" = 1440 AND "cut" <> 9 AND "at" < (SELECT "until" FROM "rollup_closed" WHERE "grain" = 10080)
 GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12
HAVING sum("n") <> 0
 ORDER BY "duration", "cut", "app_id", 4;

-- Messages, and how long they took, of all channels together.
INSERT INTO "message_rollup" (
  "cut", "grain", "app_id", "at", "use_case", "country", "channel", "connection_id", "template", "locale", "reason", "is_pending", "messages",
  "accepted", "traced", "delivered", "read", "failed", "unknown", "credited", "cost_micros", "billed", "billed_micros", "billed_estimate_micros"
)
SELECT
  0, "grain", "app_id", "at", "use_case", "country", '', "connection_id", "template", "locale", "reason", "is_pending", sum("messages"),
  sum("accepted"), sum("traced"), sum("delivered"), sum("read"), sum("failed"), sum("unknown"), sum("credited"), sum("cost_micros")::bigint,
  sum("billed"), sum("billed_micros")::bigint, sum("billed_estimate_micros")::bigint
  FROM "message_rollup"
 WHERE "cut" = 1
 GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12
HAVING sum("messages") <> 0
 ORDER BY "grain", "app_id", "at";
INSERT INTO "duration_rollup" (
  "cut", "grain", "app_id", "at", "duration", "use_case", "country", "channel", "connection_id", "template", "locale", "bucket", "n"
)
SELECT
  0, "grain", "app_id", "at", "duration", "use_case", "country", '', "connection_id", "template", "locale", "bucket", sum("n")
  FROM "duration_rollup"
 WHERE "duration" = 0 AND "cut" = 1
 GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12
HAVING sum("n") <> 0
 ORDER BY "grain", "app_id", "at";
