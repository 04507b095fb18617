-- Notices that were in the middle of a try when their destination was removed stayed due for ever, and first in the order.
UPDATE "alert_delivery" x SET "next_try_at" = NULL, "last_result" = 'the destination was removed'
 WHERE x."next_try_at" IS NOT NULL AND NOT EXISTS (SELECT FROM "alert_destination" d WHERE d."id" = x."destination_id");

-- Rules that name only what is gone told nobody. Empty means everybody: too many hear of it rather than no one.
UPDATE "alert_rule" r SET "edits" = r."edits" + 1,
       "destinations" = ARRAY(SELECT n.id FROM unnest(r."destinations") WITH ORDINALITY AS n(id, k)
                               WHERE EXISTS (SELECT FROM "alert_destination" d WHERE d."id" = n.id) ORDER BY n.k)
 WHERE EXISTS (SELECT FROM unnest(r."destinations") AS n(id) WHERE NOT EXISTS (SELECT FROM "alert_destination" d WHERE d."id" = n.id));
