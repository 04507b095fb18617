-- Verifications that ended in a rare way: a few in a hundred. Every row is born pending, so no issue pays for this index, and an end by
-- approval or expiry does not either. Ordered as lists are; what lists are most often filtered by is in it, so that rows which do not match
-- need not be read.
CREATE INDEX "verification_rare_end" ON "verification" ("id") INCLUDE ("status", "country", "use_case", "app_id", "livemode")
  WHERE "status" IN ('locked', 'canceled', 'undeliverable');

-- Rollups count live traffic only; what they say nothing about is found here. Live traffic never touches it.
CREATE INDEX "verification_of_tests" ON "verification" ("id") WHERE NOT "livemode";
