-- Messages with a code of their own, until their verification has ended: few at any time, and none where all messages carry the same code.
CREATE INDEX "message_own_code" ON "message" ("verification_id") WHERE "code_mac" IS NOT NULL;
