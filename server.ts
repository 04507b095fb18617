import { existsSync } from 'node:fs';
import type { Server } from 'node:http';
import path from 'node:path';
import * as breakdownRoute from '@/app/api/v1/analytics/breakdown/route';
import * as durationsRoute from '@/app/api/v1/analytics/durations/route';
import * as heatmapRoute from '@/app/api/v1/analytics/heatmap/route';
import * as moversRoute from '@/app/api/v1/analytics/movers/route';
import * as summaryRoute from '@/app/api/v1/analytics/summary/route';
import * as timeseriesRoute from '@/app/api/v1/analytics/timeseries/route';
import * as channelsRoute from '@/app/api/v1/channels/route';
import * as openapiRoute from '@/app/api/v1/openapi.json/route';
import * as explainRoute from '@/app/api/v1/routes/explain/route';
import * as cancelRoute from '@/app/api/v1/verifications/[id]/cancel/route';
import * as checkRoute from '@/app/api/v1/verifications/[id]/check/route';
import * as resendRoute from '@/app/api/v1/verifications/[id]/resend/route';
import * as verificationRoute from '@/app/api/v1/verifications/[id]/route';
import * as verificationsRoute from '@/app/api/v1/verifications/route';
import { ensureSetupToken } from '@/lib/auth/setup-token';
import { closeDatabase, database } from '@/lib/db/client';
import { migrate } from '@/lib/db/migrate';
import { learnMonths } from '@/lib/db/months';
import { durabilityProblems } from '@/lib/db/safety';
import { ensureDatabase } from '@/lib/embedded/own-database';
import { type Environment, env } from '@/lib/env';
import { createEdge, type Mount, type Pages } from '@/lib/http/edge';
import * as health from '@/lib/http/health';
import { BODY_MAX, type Core } from '@/lib/http/message';
import { unknownPath } from '@/lib/http/unknown-path';
import { challenge, webhook } from '@/lib/http/webhook';
import { drainBackground } from '@/lib/operations/background';
import { reloadConfiguration, watchConfiguration } from '@/lib/operations/configuration/snapshot';
import { ensureDefaults } from '@/lib/operations/setup/install-defaults';
import { tellUsage } from '@/lib/operations/usage/meter';
import { tellRefusals } from '@/lib/operations/usage/refusals';
import { log } from '@/lib/telemetry/log';
import { startWorker, type Worker } from '@/lib/worker/main';

/** A process has this long to finish what it began when it is told to stop. */
const STOP_MS = 18_000;
const ROOT = import.meta.dirname;

const api = (method: Mount['method'], pattern: string, { core }: { core: Core }): Mount => ({
  method,
  pattern,
  core,
  bodyMax: BODY_MAX.api,
});

/** What a load balancer, an orchestrator and Prometheus ask of any process. */
const PROBES: readonly Mount[] = [
  api('GET', '/api/health', health.health),
  api('GET', '/api/ready', health.ready),
  api('GET', '/api/metrics', health.metrics),
];

/** The fast lane: the handlers that Next serves as well, without Next around them. */
export const MOUNTS: readonly Mount[] = [
  api('POST', '/api/v1/verifications', verificationsRoute.POST),
  api('GET', '/api/v1/verifications', verificationsRoute.GET),
  api('GET', '/api/v1/verifications/:id', verificationRoute.GET),
  api('POST', '/api/v1/verifications/:id/check', checkRoute.POST),
  api('POST', '/api/v1/verifications/:id/resend', resendRoute.POST),
  api('POST', '/api/v1/verifications/:id/cancel', cancelRoute.POST),
  api('GET', '/api/v1/channels', channelsRoute.GET),
  api('GET', '/api/v1/analytics/summary', summaryRoute.GET),
  api('GET', '/api/v1/analytics/timeseries', timeseriesRoute.GET),
  api('GET', '/api/v1/analytics/breakdown', breakdownRoute.GET),
  api('GET', '/api/v1/analytics/movers', moversRoute.GET),
  api('GET', '/api/v1/analytics/durations', durationsRoute.GET),
  api('GET', '/api/v1/analytics/heatmap', heatmapRoute.GET),
  api('POST', '/api/v1/routes/explain', explainRoute.POST),
  api('GET', '/api/v1/openapi.json', openapiRoute.GET),
  { method: 'POST', pattern: '/api/webhooks/:provider/:connection', core: webhook.core, bodyMax: BODY_MAX.callback },
  api('GET', '/api/webhooks/:provider/:connection', challenge),
  ...PROBES,
];

export type Running = { port: number; stop(): Promise<void> };

/** Starts this process in its roles: database, migrations, snapshot, worker, web. Throws, with a sentence for the operator, when it must not run. */
export async function startServer(): Promise<Running> {
  const settings = env();
  const ends: (() => Promise<unknown>)[] = [];
  const stop = async () => {
    for (const end of ends.splice(0).reverse())
      await end().catch((error: unknown) => log().error({ error: String(error) }, 'stop.failed'));
  };
  try {
    await openDatabase(settings, ends);
    const stopping = new AbortController();
    ends.push(async () => stopping.abort());
    watchConfiguration(stopping.signal);
    // The last second of what was counted; the worker and the listeners have added to it until now.
    ends.push(() => Promise.all([tellUsage(), tellRefusals()]));
    // Background sends outlive the listeners and the sweeps, and end before the pool.
    ends.push(() => drainBackground(STOP_MS));

    if (settings.WATCHWORD_ROLES.includes('worker')) {
      const worker: Worker = await startWorker();
      ends.push(() => worker.stop());
    }
    const listener = await listenAs(settings);
    if (listener) ends.push(() => close(listener));
    const port = listener ? portOf(listener) : 0;
    log().info({ roles: settings.WATCHWORD_ROLES, port }, 'server.started');
    if (settings.NODE_ENV === 'production' && isLoopback(settings.WATCHWORD_PUBLIC_URL)) {
      log().warn({ publicUrl: settings.WATCHWORD_PUBLIC_URL }, 'server.public_url_is_local');
    }
    return { port, stop };
  } catch (error: unknown) {
    await stop();
    throw error;
  }
}

/** Providers cannot call this, and cookies would not be for HTTPS alone. Right for a demo, wrong for anybody's users. */
const isLoopback = (url: string): boolean => /^(localhost|127\.|\[::1\])/.test(new URL(url).hostname);

async function openDatabase(settings: Environment, ends: (() => Promise<unknown>)[]): Promise<void> {
  const { url, stop } = await ensureDatabase(settings, (notice) => log().info({ notice }, 'postgres.embedded'));
  ends.push(stop);
  ends.push(closeDatabase);
  const problems = await durabilityProblems(database());
  if (problems.length > 0 && settings.NODE_ENV === 'production') {
    throw new Error(`This Postgres must not carry verifications: ${problems.join('; ')}.`);
  }
  await migrate(url, undefined, (migration) => log().warn({ migration }, 'database.newer'));
  await ensureDefaults();
  await learnMonths();
  await reloadConfiguration();
}

async function announceSetup(settings: Environment): Promise<void> {
  const setup = await ensureSetupToken();
  if (setup.kind === 'closed') return;
  const where = setup.kind === 'from_file' ? setup.file : 'WATCHWORD_SETUP_TOKEN';
  process.stdout.write(
    `\nNobody owns this installation yet. Open ${settings.WATCHWORD_PUBLIC_URL}/setup with the token from ${where}\n\n`,
  );
}

/** The listener of this process's roles: console and API, the API alone, or what is asked of a worker; null when it has none. */
async function listenAs(settings: Environment): Promise<Server | null> {
  const { WATCHWORD_ROLES: roles, WATCHWORD_PROBE_PORT: probePort } = settings;
  if (roles.includes('web')) {
    await announceSetup(settings);
    const server = await listen(settings, MOUNTS, await openPages(settings), settings.PORT);
    // Next renders where a form's action redirects to by asking itself, and knows its address only from here (next start sets it too).
    const host = ['0.0.0.0', '::'].includes(settings.HOST) ? '127.0.0.1' : settings.HOST;
    process.env.__NEXT_PRIVATE_ORIGIN = `http://${host}:${portOf(server)}`;
    return server;
  }
  if (roles.includes('api')) return await listen(settings, MOUNTS, null, settings.PORT);
  return probePort === undefined ? null : await listen(settings, PROBES, null, probePort);
}

/** Next, loaded only where pages are served: it patches Date, timers and fetch of the whole process. */
async function openPages(settings: Environment): Promise<Pages> {
  const isDevelopment = settings.NODE_ENV === 'development';
  if (!isDevelopment && !existsSync(path.join(ROOT, '.next/BUILD_ID'))) {
    throw new Error('There is no build yet. Run: npm run build');
  }
  const { default: next } = await import('next');
  // Next's development server keeps its socket for localhost and the name it is told: pages of the public address would be refused.
  const hostname = isDevelopment ? { hostname: new URL(settings.WATCHWORD_PUBLIC_URL).hostname } : {};
  const app = next({ dev: isDevelopment, dir: ROOT, ...hostname });
  await app.prepare();
  const serve = app.getRequestHandler();
  return {
    serve: (request, response) => serve(request, response),
    takesApi: settings.WATCHWORD_FAST_LANE === 'off',
  };
}

async function listen(
  settings: Environment,
  mounts: readonly Mount[],
  pages: Pages | null,
  port: number,
): Promise<Server> {
  const server = createEdge({
    mounts,
    unknown: unknownPath.core,
    pages,
    proxyHops: settings.WATCHWORD_PROXY_HOPS,
    passesUpgrades: pages !== null && settings.NODE_ENV === 'development',
    headers: securityHeaders(settings),
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, settings.HOST, resolve);
  });
  return server;
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}

function securityHeaders(settings: Environment): Record<string, string> {
  return {
    'referrer-policy': 'same-origin',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'cross-origin-opener-policy': 'same-origin',
    'permissions-policy': 'camera=(), microphone=(), geolocation=()',
    ...(settings.WATCHWORD_PUBLIC_URL.startsWith('https:')
      ? { 'strict-transport-security': 'max-age=31536000; includeSubDomains' }
      : {}),
  };
}

/** Takes no new requests, lets the running ones end, then drops idle connections. */
async function close(server: Server): Promise<void> {
  const ended = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const force = setTimeout(() => server.closeAllConnections(), 5_000);
  await ended;
  clearTimeout(force);
}

/** Runs until told to stop; a second signal ends it at once. */
async function main(): Promise<void> {
  const running = await startServer();
  let isStopping = false;
  const onSignal = (signal: string) => {
    if (isStopping) process.exit(1);
    isStopping = true;
    log().info({ signal }, 'server.stopping');
    running.stop().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
  // A rejection nobody awaited is our bug; the process serves on, the log tells.
  process.on('unhandledRejection', (reason) => log().error({ error: String(reason) }, 'process.unhandled_rejection'));
}

if (process.argv[1] && import.meta.filename === path.resolve(process.argv[1])) {
  main().catch((error: unknown) => {
    process.stderr.write(`Watchword cannot start. ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  });
}
