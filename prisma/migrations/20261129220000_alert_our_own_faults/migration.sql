-- Messages that failed by our own fault: rare, and asked for twice a minute. `reason` is set once, when a message fails: what is delivered
-- never touches this index. The reasons are those of the group `ours` in lib/domain/message/reasons.ts.
CREATE INDEX "message_our_fault" ON "message" ("connection_id", "reason", "id")
  WHERE "reason" IN ('country_not_allowed', 'template_unavailable', 'credentials_rejected', 'account_restricted', 'request_rejected');

INSERT INTO "alert_rule" ("id", "kind", "name", "window_minutes", "minimum_volume", "thresholds", "destinations") VALUES
  ('01920000-0000-7000-8000-000000000007', 'our_fault', 'A fault of our own', 60, 1, '{}', '{}');
