-- Verifications that ended in a rare way: a few in a hundred. Every row is born pending, so no issue pays for this index, and an end by
-- approval or expiry does not either. Ordered as lists are.
CREATE INDEX "verification_rare_end" ON "verification" ("id") INCLUDE ("status") WHERE "status" IN ('locked', 'canceled', 'undeliverable');

-- Rollups count live traffic only; what they say nothing about is found here. Live traffic never touches it.
CREATE INDEX "verification_of_tests" ON "verification" ("id") WHERE NOT "livemode";
