import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PROVIDERS } from '@/lib/domain/channel';
import { type AccountsInput, accountsInput, DEFAULT_ACCOUNTS } from '@/lib/simulator/accounts';
import { putAccounts, serveControl } from '@/lib/simulator/control';
import { Crowd } from '@/lib/simulator/crowd';
import { startMailServer } from '@/lib/simulator/mail-server';
import { metaError } from '@/lib/simulator/meta-errors';
import { sendMetaMessage } from '@/lib/simulator/meta-messages';
import { serveMetaTemplates } from '@/lib/simulator/meta-templates';
import { BodyTooLarge, json, send } from '@/lib/simulator/replies';
import { serveTwilioContents } from '@/lib/simulator/twilio-contents';
import { fetchTwilioAccount, fetchTwilioMessage, sendTwilioMessage } from '@/lib/simulator/twilio-messages';
import { sendVonageMessage } from '@/lib/simulator/vonage-messages';
import { makeWorld, type Settings, type World } from '@/lib/simulator/world';
import { serveYCloud } from '@/lib/simulator/ycloud';

export type SimulatorOptions = {
  /** 0, the default, takes a free port. */
  port?: number;
  /** Of the mail server; 0, the default, takes a free one. */
  smtpPort?: number;
  /** Loopback unless told otherwise; the control routes answer loopback only in any case. */
  host?: string;
  /** Who may call and where webhooks go. Left out: `DEFAULT_ACCOUNTS`. Can be set later (`POST /_control/accounts`). */
  accounts?: AccountsInput;
  settings?: Partial<Settings>;
  /** Chance is drawn from this seed; default 1. */
  seed?: number;
  /** 20 makes everything simulated twenty times faster; default 1. */
  speed?: number;
  /** How many received messages, send calls, and Twilio's and YCloud's resources are remembered; default 20 000 each. */
  keep?: number;
  /** People who request codes from the app. */
  crowd?: { baseUrl: string; apiKey: string; perMinute?: number };
};

export type Simulator = { url: string; port: number; smtpUrl: string; close(): Promise<void> };

const CROWD_PER_MINUTE = 40;

/** Starts pretend providers on one port, and a mail server on another. Resolves when they answer; rejects when the port is taken or the accounts are malformed. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const world = makeWorld({
    seed: options.seed ?? 1,
    speed: options.speed ?? 1,
    keep: options.keep ?? 20_000,
    settings: options.settings ?? {},
  });
  const crowd = new Crowd(world);
  const server = createServer((req, res) => void serve(world, crowd, req, res));
  // A send that hangs on purpose must not be ended by Node: it is bounded in replies.ts.
  server.requestTimeout = 10_000;
  server.keepAliveTimeout = 30_000;
  server.maxConnections = 10_000;
  const port = await listen(server, options.port ?? 0, options.host ?? '127.0.0.1');
  const mail = await startMailServer(world, options.smtpPort ?? 0, options.host ?? '127.0.0.1').catch(
    (cause: unknown) => {
      server.close();
      throw cause;
    },
  );
  // Handshakes with a webhook may call back, so accounts come after the door is open.
  await putAccounts(world, accountsInput.parse(options.accounts ?? DEFAULT_ACCOUNTS));
  if (options.crowd)
    crowd.set(options.crowd.perMinute ?? CROWD_PER_MINUTE, options.crowd.baseUrl, options.crowd.apiKey);
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    smtpUrl: mail.url,
    close: async () => {
      await mail.close();
      await close(world, crowd, server);
    },
  };
}

function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

function close(world: World, crowd: Crowd, server: Server): Promise<void> {
  crowd.stop();
  world.time.close();
  world.client.close();
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

async function serve(world: World, crowd: Crowd, req: IncomingMessage, res: ServerResponse): Promise<void> {
  try {
    await route(world, crowd, req, res);
  } catch (cause) {
    // The caller went away, or sent too much; nothing that a simulated provider should die of.
    const tooLarge = cause instanceof BodyTooLarge;
    send(
      res,
      json(
        tooLarge ? 413 : 500,
        { error: tooLarge ? 'The body is larger than 1 MiB.' : String(cause) },
        { connection: 'close' },
      ),
    );
  }
}

async function route(world: World, crowd: Crowd, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const url = new URL(req.url ?? '/', 'http://simulator');
  const path = url.pathname;
  const control = /^\/_control\/(.+)$/.exec(path);
  if (control?.[1]) return serveControl(world, crowd, req, res, control[1], url.searchParams);

  const content = /^\/v1\/Content(\/.*)?$/.exec(path);
  if (content) return serveTwilioContents(world, req, res, content[1] ?? '');

  const twilio = /^\/2010-04-01\/Accounts\/([^/]+?)(?:\/Messages(?:\/([^/]+?))?)?\.json$/.exec(path);
  if (twilio?.[1]) return routeTwilio(world, req, res, path, twilio[1], twilio[2] ?? null);

  // Before Meta, whose paths begin with a version too.
  const ycloud = /^\/v2\/(balance|sms|whatsapp\/(?:messages|templates)(?:\/.*)?)$/.exec(path);
  if (ycloud?.[1]) return serveYCloud(world, req, res, ycloud[1], url.searchParams);

  if (path === '/v1/messages' && req.method === 'POST') return sendVonageMessage(world, req, res);

  const meta = /^\/v\d+(?:\.\d+)?\/([^/]+)(?:\/([^/]+))?$/.exec(path);
  if (meta?.[1]) return routeMeta(world, req, res, meta[1], meta[2] ?? null, url.searchParams);
  if (path === '/') return send(res, json(200, { simulator: 'watchword', providers: PROVIDERS }));
  send(res, json(404, { error: 'No simulated provider answers this path.' }));
}

async function routeTwilio(
  world: World,
  req: IncomingMessage,
  res: ServerResponse,
  path: string,
  accountSid: string,
  messageSid: string | null,
): Promise<void> {
  if (messageSid !== null) return send(res, fetchTwilioMessage(world, req, accountSid, messageSid));
  if (!path.endsWith('/Messages.json')) return send(res, fetchTwilioAccount(world, req, accountSid));
  if (req.method === 'POST') return sendTwilioMessage(world, req, res, accountSid);
  send(res, json(405, { code: 20004, message: 'Method not allowed', status: 405 }));
}

async function routeMeta(
  world: World,
  req: IncomingMessage,
  res: ServerResponse,
  id: string,
  edge: string | null,
  query: URLSearchParams,
): Promise<void> {
  if (edge === 'messages' && req.method === 'POST') return sendMetaMessage(world, req, res, id);
  if (await serveMetaTemplates(world, req, res, id, edge, query)) return;
  send(res, metaError(100, `Unknown path components: /${edge ?? ''}`));
}
