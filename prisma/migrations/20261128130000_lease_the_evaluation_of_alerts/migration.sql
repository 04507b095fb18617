-- Who evaluates holds a lease, not a transaction: it asks other connections meanwhile.
ALTER TABLE "alert_clock" ADD COLUMN "lease_token" UUID, ADD COLUMN "lease_until" TIMESTAMPTZ(3);
