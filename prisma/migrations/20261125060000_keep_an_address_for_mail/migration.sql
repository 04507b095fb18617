-- The address of the same person, for steps on channel email. Sealed like the number, wiped with it.
ALTER TABLE "verification" ADD COLUMN "email_sealed" BYTEA;
