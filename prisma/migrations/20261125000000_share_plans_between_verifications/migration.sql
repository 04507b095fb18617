-- Thousands of verifications are issued under one and the same plan, and it made up four fifths of each row.
CREATE TABLE "plan" (
    "id" UUID NOT NULL,
    "body" JSONB NOT NULL,
    "outline" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "plan_pkey" PRIMARY KEY ("id")
);

INSERT INTO "plan" ("id", "body", "outline")
SELECT DISTINCT md5("plan"::text)::uuid, "plan",
       jsonb_build_object('channels', jsonb_path_query_array("plan", '$.steps[*].channel'), 'switchTo', "plan"->'switchTo', 'resendsMax', "plan"->'policy'->'resendsMax')
  FROM "verification";

ALTER TABLE "verification" ADD COLUMN "plan_id" UUID, ADD COLUMN "falls_back_on_failed" BOOLEAN;
UPDATE "verification" SET "plan_id" = md5("plan"::text)::uuid, "falls_back_on_failed" = ("plan"->>'fallbackOnFailed')::boolean;
ALTER TABLE "verification" ALTER COLUMN "plan_id" SET NOT NULL, ALTER COLUMN "falls_back_on_failed" SET NOT NULL, DROP COLUMN "plan";

-- A plan never changes: what is written once may be read by any number of verifications.
CREATE FUNCTION "refuse_plan_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'plans are never changed';
END $$;
CREATE TRIGGER "plan_immutable" BEFORE UPDATE ON "plan" FOR EACH ROW EXECUTE FUNCTION "refuse_plan_change"();

-- A statement that waited for a row may read it newer than everything else it sees, and with it the name of a plan that was kept meanwhile.
-- A volatile function looks with eyes of its own.
CREATE FUNCTION "plan_now"("wanted" UUID) RETURNS "plan" LANGUAGE plpgsql VOLATILE AS $$
DECLARE found_plan "plan";
BEGIN
  SELECT * INTO found_plan FROM "plan" p WHERE p."id" = "wanted";
  RETURN found_plan;
END $$;

-- Both only serve to find old rows, and rows come in the order of these times.
DROP INDEX "send_limit_used_at_idx";
CREATE INDEX "send_limit_used_at_idx" ON "send_limit" USING BRIN ("used_at");
DROP INDEX "idempotency_key_created_at_idx";
CREATE INDEX "idempotency_key_created_at_idx" ON "idempotency_key" USING BRIN ("created_at");
