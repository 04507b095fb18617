-- Of messages before it the cost stands as it is.
ALTER TABLE "message" ADD COLUMN "billed_micros" BIGINT;
