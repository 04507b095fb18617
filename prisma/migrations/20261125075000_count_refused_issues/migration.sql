-- Live requests for a code that a limit or a block refused, by half-hour. No verification exists of them.
CREATE TABLE "refused_issue" (
    "app_id" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "country" TEXT NOT NULL,
    "use_case" TEXT NOT NULL,
    "code" TEXT NOT NULL,
    "n" INTEGER NOT NULL,

    CONSTRAINT "refused_issue_pkey" PRIMARY KEY ("at","app_id","country","use_case","code")
);
