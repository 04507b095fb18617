-- Which of several templates for the same use case routing takes; what was chosen when it was submitted; when.
ALTER TABLE "template" ADD COLUMN "is_in_use" BOOLEAN NOT NULL DEFAULT true;
ALTER TABLE "template" ADD COLUMN "options" JSONB;
ALTER TABLE "template" ADD COLUMN "submitted_at" TIMESTAMPTZ(3);
