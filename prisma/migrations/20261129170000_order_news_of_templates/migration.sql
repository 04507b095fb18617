-- Null: nothing has been heard since; the next news count.
ALTER TABLE "template" ADD COLUMN "status_at" TIMESTAMPTZ(3);
