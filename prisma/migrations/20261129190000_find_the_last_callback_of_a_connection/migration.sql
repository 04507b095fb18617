-- Which connection was heard last, and when: the storm guards ask every few seconds. What could not be read was not heard.
CREATE INDEX "callback_heard" ON "callback"("connection_id", "received_at") WHERE "outcome" = 'applied';
