-- A constant default: the table is not rewritten, and codes in flight bind nothing.
ALTER TABLE "verification" ADD COLUMN "binds_transaction" BOOLEAN NOT NULL DEFAULT false;
