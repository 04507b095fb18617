-- What is older than a week is believed no more, and deleted by it.
CREATE INDEX "reachability_at_idx" ON "reachability"("at");
