import { createServer } from 'node:http';
import { betterAuth } from 'better-auth';
import { getMigrations } from 'better-auth/db/migration';
import { toNodeHandler } from 'better-auth/node';
import { phoneNumber } from 'better-auth/plugins';
import { Pool } from 'pg';

/**
 * better-auth's phone-number plugin as its documentation sets it up, on Node's own server: no sender, no rate limit, the
 * same pool size as ours. Arguments: port. Environment: PEER_DATABASE_URL.
 */
const port = Number(process.argv[2]);
const auth = betterAuth({
  baseURL: `http://127.0.0.1:${port}`,
  secret: process.env.PEER_SECRET ?? '',
  database: new Pool({ connectionString: process.env.PEER_DATABASE_URL, max: 10 }),
  rateLimit: { enabled: false },
  telemetry: { enabled: false },
  logger: { level: 'error' },
  plugins: [phoneNumber({ sendOTP: async () => {} })],
});
const { runMigrations } = await getMigrations(auth.options);
await runMigrations();

const server = createServer(toNodeHandler(auth));
server.keepAliveTimeout = 65_000;
server.listen(port, '127.0.0.1');
process.once('SIGTERM', () => process.exit(0));
