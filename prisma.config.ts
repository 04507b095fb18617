import { defineConfig } from 'prisma/config';

/** For the Prisma CLI only. The application reads its database address in lib/env.ts and migrates with lib/db/migrate.ts. */
export default defineConfig({
  schema: 'prisma/schema',
  migrations: { path: 'prisma/migrations' },
  ...(process.env.DATABASE_URL ? { datasource: { url: process.env.DATABASE_URL } } : {}),
});
