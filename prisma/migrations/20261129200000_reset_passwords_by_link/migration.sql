-- Whose password a link resets. Null: an invitation, which makes an account and never changes one. A process of the version before takes a
-- link with it for an invitation of an address that has an account, and refuses it.
ALTER TABLE "console_invite" ADD COLUMN "resets_user_id" UUID;
ALTER TABLE "console_invite" ADD CONSTRAINT "console_invite_resets_user_id_fkey" FOREIGN KEY ("resets_user_id") REFERENCES "console_user"("id") ON DELETE CASCADE ON UPDATE CASCADE;
