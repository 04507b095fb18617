import path from 'node:path';
import { defineConfig } from 'vitest/config';

const root = import.meta.dirname;

const shared = {
  environment: 'node',
  setupFiles: ['scripts/testing/fail-on-console-error.ts'],
  exclude: ['node_modules/**', '.next/**', 'e2e/**', 'dist/**'],
};

export default defineConfig({
  resolve: {
    alias: {
      '@': root,
      // `server-only` throws outside Next's server bundle; under a test there is no other side.
      'server-only': path.join(root, 'scripts/testing/server-only.ts'),
    },
  },
  test: {
    projects: [
      {
        extends: true,
        test: {
          ...shared,
          name: 'unit',
          include: ['**/*.test.ts', '**/*.test.tsx'],
          exclude: [...shared.exclude, '**/*.db.test.ts'],
        },
      },
      {
        extends: true,
        test: {
          ...shared,
          name: 'db',
          include: ['**/*.db.test.ts'],
          globalSetup: ['scripts/testing/global-database.ts'],
          testTimeout: 20_000,
          hookTimeout: 60_000,
          // Two files at a time: every file has its own database, but they share one Postgres and two cores.
          maxWorkers: 2,
        },
      },
    ],
  },
});
