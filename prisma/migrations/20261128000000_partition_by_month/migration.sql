-- Everything of one verification lies in the partition of the month inside the verification's id (UUIDv7), so that retention drops tables and deletes
-- no rows. What was there before becomes the partition of everything older, without a copy. See docs/decisions/0029.

-- One live verification per app, number and use case, ever: a unique index cannot span partitions, so the promise has a table of its own.
-- `replaces`: the verification that an issue has just ended; only its row may be taken over (lib/db/issue-verifications.ts).
CREATE TABLE "live_verification" (
    "to_blind" BYTEA NOT NULL,
    "app_id" UUID NOT NULL,
    "use_case" TEXT NOT NULL,
    "livemode" BOOLEAN NOT NULL,
    "verification_id" UUID NOT NULL,
    "replaces" UUID,

    CONSTRAINT "live_verification_pkey" PRIMARY KEY ("to_blind","app_id","use_case","livemode")
);
-- Rows live for minutes.
ALTER TABLE "live_verification" SET (fillfactor = 70, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_cost_delay = 0);
INSERT INTO "live_verification" ("to_blind", "app_id", "use_case", "livemode", "verification_id")
SELECT "to_blind", "app_id", "use_case", "livemode", "id" FROM "verification" WHERE "is_checkable";

-- The triggers move to the partitioned tables.
DROP TRIGGER "verification_changed" ON "verification";
DROP TRIGGER "message_made" ON "message";
DROP TRIGGER "message_changed" ON "message";
DROP TRIGGER "late_check_made" ON "check_attempt";

-- Keys must contain what the tables are partitioned by.
DROP INDEX "verification_one_live";
ALTER TABLE "message" DROP CONSTRAINT "message_pkey", ADD CONSTRAINT "message_pkey" PRIMARY KEY ("id", "verification_id");
ALTER TABLE "verification_event" DROP CONSTRAINT "verification_event_pkey", ADD CONSTRAINT "verification_event_pkey" PRIMARY KEY ("id", "verification_id");
ALTER TABLE "check_attempt" DROP CONSTRAINT "check_attempt_pkey", ADD CONSTRAINT "check_attempt_pkey" PRIMARY KEY ("id", "verification_id");
-- A provider's id is looked up, and unique only as far as the provider keeps it so.
DROP INDEX "message_at_provider";
CREATE INDEX "message_at_provider" ON "message" ("connection_id", "provider_message_id") WHERE "provider_message_id" IS NOT NULL;

-- The smallest UUIDv7 of a moment.
CREATE FUNCTION "uuid_of_moment"("moment" timestamptz) RETURNS uuid LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT (substr(h, 1, 8) || '-' || substr(h, 9, 4) || '-0000-0000-000000000000')::uuid
    FROM (SELECT lpad(to_hex((EXTRACT(epoch FROM "moment") * 1000)::bigint), 12, '0') AS h) t
$$;

-- Tables whose rows go with the month of their verification, and the column that says which.
CREATE FUNCTION "monthly_tables"() RETURNS TABLE ("name" text, "key" text, "fill" int) LANGUAGE sql IMMUTABLE AS $$
  VALUES ('verification', 'id', 80), ('message', 'verification_id', 100), ('verification_event', 'verification_id', 100),
         ('check_attempt', 'verification_id', 100), ('verification_tally', 'verification_id', 80)
$$;

-- Hot statements name a partition, and a statement's triggers are those of the table that it names: each table has them.
CREATE FUNCTION "watch_monthly_table"("kind" text, "name" text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  CASE "kind"
    WHEN 'verification' THEN
      EXECUTE format('CREATE TRIGGER verification_changed AFTER UPDATE ON %I REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION queue_changed_verifications()', "name");
    WHEN 'message' THEN
      EXECUTE format('CREATE TRIGGER message_made AFTER INSERT ON %I REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION queue_verifications_of_messages()', "name");
      EXECUTE format('CREATE TRIGGER message_changed AFTER UPDATE ON %I REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION queue_verifications_of_messages()', "name");
    WHEN 'check_attempt' THEN
      EXECUTE format('CREATE TRIGGER late_check_made AFTER INSERT ON %I REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION queue_verifications_of_late_checks()', "name");
    ELSE
      NULL;
  END CASE;
END $$;

-- Makes the partitions of every month from that of `since` to that of `until` which are not there yet, and answers how many. What had to go to the default
-- partition meanwhile moves in. Locks are short, or given up: whoever calls asks again.
CREATE FUNCTION "make_monthly_partitions"("since" timestamptz, "until" timestamptz) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
  "month" timestamp := date_trunc('month', "since" AT TIME ZONE 'UTC');
  "made" int := 0;
  t record; child text; low uuid; high uuid;
BEGIN
  -- Everybody else queues behind whoever waits for such a lock.
  PERFORM set_config('lock_timeout', '200ms', true);
  -- Whatever the partition of everything older holds has its place.
  SELECT GREATEST("month", to_timestamp(('x' || translate(substring(pg_get_expr(relpartbound, oid) FROM 'TO \(''([0-9a-f-]{13})'), '-', ''))::bit(48)::bigint / 1000.0) AT TIME ZONE 'UTC')
    INTO "month" FROM pg_class WHERE oid = 'verification_before'::regclass;
  WHILE "month" <= "until" AT TIME ZONE 'UTC' LOOP
    low := uuid_of_moment("month" AT TIME ZONE 'UTC');
    high := uuid_of_moment(("month" + interval '1 month') AT TIME ZONE 'UTC');
    FOR t IN SELECT * FROM monthly_tables() LOOP
      child := t.name || to_char("month", '_YYYY_MM');
      CONTINUE WHEN to_regclass(child) IS NOT NULL;
      EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING ALL) WITH (fillfactor = %s)', child, t.name, t.fill);
      EXECUTE format('LOCK TABLE %I IN ACCESS EXCLUSIVE MODE', t.name || '_default');
      EXECUTE format('WITH gone AS (DELETE FROM %I WHERE %I >= %L AND %I < %L RETURNING *) INSERT INTO %I SELECT * FROM gone',
                     t.name || '_default', t.key, low, t.key, high, child);
      EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', t.name, child, low, high);
      PERFORM watch_monthly_table(t.name, child);
      "made" := "made" + 1;
    END LOOP;
    "month" := "month" + interval '1 month';
  END LOOP;
  RETURN "made";
END $$;

-- Drops what is wholly older than `before`; the partition of everything older is emptied. Answers the tables.
CREATE FUNCTION "drop_monthly_partitions"("before" timestamptz) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
  p record;
BEGIN
  PERFORM set_config('lock_timeout', '200ms', true);
  FOR p IN
    SELECT t.name AS parent, c.relname AS child, c.relname = t.name || '_before' AS is_rest
      FROM monthly_tables() t
      JOIN pg_inherits i ON i.inhparent = t.name::regclass
      JOIN pg_class c ON c.oid = i.inhrelid
     WHERE substring(pg_get_expr(c.relpartbound, c.oid) FROM 'TO \(''([0-9a-f-]+)''\)')::uuid <= uuid_of_moment("before")
     ORDER BY t.name, c.relname
  LOOP
    IF p.is_rest THEN
      CONTINUE WHEN pg_relation_size(p.child::regclass) = 0;
      EXECUTE format('TRUNCATE %I', p.child);
    ELSE
      EXECUTE format('ALTER TABLE %I DETACH PARTITION %I', p.parent, p.child);
      EXECUTE format('DROP TABLE %I', p.child);
    END IF;
    RETURN NEXT p.child;
  END LOOP;
END $$;

-- Lets months begin earlier where nothing older is kept: for histories that are written afterwards. False: older rows are there, nothing was done.
CREATE FUNCTION "begin_monthly_partitions"("since" timestamptz) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  "first" timestamp := date_trunc('month', "since" AT TIME ZONE 'UTC');
  t record; "empty" boolean; "bound" uuid;
BEGIN
  SELECT substring(pg_get_expr(relpartbound, oid) FROM 'TO \(''([0-9a-f-]+)''\)')::uuid INTO "bound" FROM pg_class WHERE oid = 'verification_before'::regclass;
  IF "bound" <= uuid_of_moment("first" AT TIME ZONE 'UTC') THEN RETURN true; END IF;
  FOR t IN SELECT * FROM monthly_tables() LOOP
    EXECUTE format('SELECT NOT EXISTS (SELECT FROM %I)', t.name || '_before') INTO "empty";
    IF NOT "empty" THEN RETURN false; END IF;
  END LOOP;
  FOR t IN SELECT * FROM monthly_tables() LOOP
    EXECUTE format('ALTER TABLE %I DETACH PARTITION %I', t.name, t.name || '_before');
    EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (MINVALUE) TO (%L)', t.name, t.name || '_before', uuid_of_moment("first" AT TIME ZONE 'UTC'));
  END LOOP;
  PERFORM make_monthly_partitions("since", to_timestamp(('x' || translate(left("bound"::text, 13), '-', ''))::bit(48)::bigint / 1000.0) - interval '1 second');
  RETURN true;
END $$;

DO $$
DECLARE
  t record; i record;
BEGIN
  FOR t IN SELECT * FROM monthly_tables() LOOP
    EXECUTE format('ALTER TABLE %I RENAME TO %I', t.name, t.name || '_before');
    -- Names of indexes belong to the partitioned table from now on.
    FOR i IN SELECT c.relname FROM pg_index x JOIN pg_class c ON c.oid = x.indexrelid WHERE x.indrelid = (t.name || '_before')::regclass LOOP
      EXECUTE format('ALTER INDEX %I RENAME TO %I', i.relname, left(replace(i.relname, t.name, t.name || '_before'), 63));
    END LOOP;
    EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING STORAGE) PARTITION BY RANGE (%I)', t.name, t.name || '_before', t.key);
  END LOOP;
  ALTER TABLE "verification" ADD CONSTRAINT "verification_pkey" PRIMARY KEY ("id");
  ALTER TABLE "message" ADD CONSTRAINT "message_pkey" PRIMARY KEY ("id", "verification_id");
  ALTER TABLE "verification_event" ADD CONSTRAINT "verification_event_pkey" PRIMARY KEY ("id", "verification_id");
  ALTER TABLE "check_attempt" ADD CONSTRAINT "check_attempt_pkey" PRIMARY KEY ("id", "verification_id");
  ALTER TABLE "verification_tally" ADD CONSTRAINT "verification_tally_pkey" PRIMARY KEY ("verification_id");
END $$;

CREATE INDEX "verification_app_id_id_idx" ON "verification"("app_id", "id");
CREATE INDEX "verification_to_blind_idx" ON "verification"("to_blind");
CREATE INDEX "verification_due" ON "verification" (LEAST("next_fallback_at", "expires_at")) WHERE "is_checkable";
CREATE INDEX "verification_reference" ON "verification" ("reference") WHERE "reference" IS NOT NULL;
CREATE INDEX "verification_paused" ON "verification" ("paused_by") WHERE "paused_by" IS NOT NULL;
CREATE INDEX "message_verification_id_idx" ON "message"("verification_id");
CREATE INDEX "message_lease" ON "message" ("lease_until") WHERE "lease_until" IS NOT NULL;
CREATE INDEX "message_poll" ON "message" ("next_poll_at") WHERE "next_poll_at" IS NOT NULL;
CREATE INDEX "message_at_provider" ON "message" ("connection_id", "provider_message_id") WHERE "provider_message_id" IS NOT NULL;
CREATE INDEX "verification_event_verification_id_idx" ON "verification_event"("verification_id");
CREATE INDEX "check_attempt_verification_id_idx" ON "check_attempt"("verification_id");

DO $$
DECLARE
  t record; "first" timestamptz;
BEGIN
  -- Months begin with this one; where rows are, with the next, because this one's lie among theirs.
  "first" := (date_trunc('month', now() AT TIME ZONE 'UTC') + CASE WHEN EXISTS (SELECT FROM verification_before) THEN interval '1 month' ELSE interval '0' END) AT TIME ZONE 'UTC';
  FOR t IN SELECT * FROM monthly_tables() LOOP
    EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (MINVALUE) TO (%L)', t.name, t.name || '_before', uuid_of_moment("first"));
    -- What no month was made for is kept all the same.
    EXECUTE format('CREATE TABLE %I PARTITION OF %I DEFAULT WITH (fillfactor = %s)', t.name || '_default', t.name, t.fill);
  END LOOP;
  PERFORM make_monthly_partitions("first", GREATEST("first", now() + interval '1 month'));
END $$;

-- A verification that ends leaves its number free, whoever ended it and how; rollups are told as before.
CREATE OR REPLACE FUNCTION "queue_changed_verifications"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- Most often an issue that ends no older verification: asking first costs a quarter of inserting nothing.
  IF EXISTS (SELECT FROM changed) THEN
    INSERT INTO rollup_queue (verification_ids) SELECT array_agg(id) FROM changed WHERE livemode HAVING count(*) > 0;
    DELETE FROM live_verification l USING changed c
     WHERE NOT c.is_checkable AND l.to_blind = c.to_blind AND l.app_id = c.app_id AND l.use_case = c.use_case AND l.livemode = c.livemode
       AND l.verification_id = c.id;
  END IF;
  RETURN NULL;
END $$;
SELECT "watch_monthly_table"("name", "name") FROM "monthly_tables"();
SELECT "watch_monthly_table"("name", "name" || '_before') FROM "monthly_tables"();
SELECT "watch_monthly_table"("name", "name" || '_default') FROM "monthly_tables"();

-- The key of a receipt is its provider's and says no time: old ones are deleted, in batches that this finds.
CREATE INDEX "receipt_received_at_idx" ON "receipt" USING brin ("received_at");
