-- Which connection was heard last, and when: the storm guard asks every few seconds.
CREATE INDEX "callback_connection_id_received_at_idx" ON "callback"("connection_id", "received_at");
