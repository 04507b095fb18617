import { randomBytes, randomUUID } from 'node:crypto';
import type { AddressInfo, Socket } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { readLetter } from '@/lib/simulator/mail-reading';
import { codeIn } from '@/lib/simulator/phones';
import type { Plan } from '@/lib/simulator/plan';
import { planFor, type World } from '@/lib/simulator/world';

const LETTER_BYTES_MAX = 1024 * 1024;
const CLIENTS_MAX = 200;
/** Unscaled: a caller's own timeout does not run faster. */
const SILENCE_MS_MAX = 120_000;
const SLOW_BYTE_MS = 500;

export type MailServer = { url: string; port: number; close(): Promise<void> };

type Session = Parameters<NonNullable<ConstructorParameters<typeof SMTPServer>[0]>['onData'] & object>[1];

/**
 * A mail server for pretend mailboxes: SMTP on loopback, without TLS, for those who log in with a known user. What happens to
 * a letter is decided by its recipient when the envelope comes, as for a phone number.
 */
export async function startMailServer(world: World, port: number, host: string): Promise<MailServer> {
  const sockets = new Map<string, Socket>();
  const plans = new WeakMap<Session, Plan>();
  const server = new SMTPServer({
    hideSTARTTLS: true,
    disabledCommands: ['STARTTLS'],
    allowInsecureAuth: true,
    authMethods: ['PLAIN', 'LOGIN'],
    disableReverseLookup: true,
    size: LETTER_BYTES_MAX,
    maxClients: CLIENTS_MAX,
    socketTimeout: SILENCE_MS_MAX,
    closeTimeout: 100,
    logger: false,
    onAuth({ username = '', password }, _, done) {
      if (world.accounts.mailPasswordIs(username, password ?? '')) return done(null, { user: username });
      done(refusal(535, '5.7.8 Authentication credentials invalid'));
    },
    onRcptTo({ address }, session, done) {
      if (session.envelope.rcptTo.length > 0) return done(refusal(452, '4.5.3 One recipient a letter'));
      if (world.time.isFull) return done(refusal(421, '4.3.2 Service shutting down'));
      const to = address.toLowerCase();
      const plan = planFor(world, { provider: 'smtp', channel: 'email', to, country: null, ttlSeconds: null });
      plans.set(session, plan);
      if (plan.answer !== 'refuse') return done();
      const code = replyCodeOf(plan);
      log(world, to, null, `refused:${code}`, plan.because);
      done(refusal(code, code === 550 ? '5.1.1 User unknown' : 'Refused'));
    },
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      let bytes = 0;
      stream.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes <= LETTER_BYTES_MAX) chunks.push(chunk);
      });
      stream.on('end', () => {
        if (bytes > LETTER_BYTES_MAX) return done(refusal(552, '5.3.4 Message too big'));
        const plan = plans.get(session);
        const to = session.envelope.rcptTo[0]?.address.toLowerCase();
        if (!plan || to === undefined) return done(refusal(503, '5.5.1 No recipient'));
        const from = session.envelope.mailFrom === false ? '' : session.envelope.mailFrom.address;
        take(world, plan, { from, to, raw: Buffer.concat(chunks).toString('utf8') });
        const socket = sockets.get(`${session.remoteAddress}:${session.remotePort}`);
        void answer(world, plan, socket, done);
      });
    },
  });
  server.on('error', () => undefined);
  server.server.on('connection', (socket: Socket) => {
    const key = `${socket.remoteAddress?.replace(/^::ffff:/, '')}:${socket.remotePort}`;
    sockets.set(key, socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(key));
  });
  await new Promise<void>((resolve, reject) => {
    server.server.once('error', reject);
    server.listen(port, host, () => {
      server.server.off('error', reject);
      resolve();
    });
  });
  const bound = (server.server.address() as AddressInfo).port;
  return {
    url: `smtp://127.0.0.1:${bound}`,
    port: bound,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets.values()) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

function refusal(responseCode: number, words: string): Error & { responseCode: number } {
  return Object.assign(new Error(words), { responseCode });
}

/** Three digits that a scenario names, else "user unknown". */
function replyCodeOf({ errorCode }: Plan): number {
  return errorCode !== null && errorCode >= 400 && errorCode < 600 ? errorCode : 550;
}

function take(world: World, plan: Plan, letter: { from: string; to: string; raw: string }): void {
  const { subject, text, messageId } = readLetter(letter.raw);
  const id = messageId ?? `<${randomUUID()}@simulator>`;
  const opaqueId = /^<(msg_[0-9a-f]{32})@/.exec(id)?.[1] ?? null;
  log(
    world,
    letter.to,
    plan.takes ? id : null,
    plan.answer === 'ok' ? 'accepted' : plan.answer,
    plan.because,
    opaqueId,
  );
  if (!plan.takes || plan.arrivesMs === null) return;
  const arrive = () =>
    world.phones.receive({
      channel: 'email',
      provider: 'smtp',
      provider_message_id: id,
      to: letter.to,
      from: letter.from,
      subject,
      text,
      code: codeIn(text),
    });
  const copies = plan.receipts.filter(({ status }) => status === 'delivered').length || 1;
  for (let copy = 0; copy < copies; copy++) world.time.after(plan.arrivesMs + copy * 50, arrive);
}

/** Answers the end of the message the way its plan says, good or bad. */
async function answer(
  world: World,
  plan: Plan,
  socket: Socket | undefined,
  done: (error: Error | null, words?: string) => void,
): Promise<void> {
  switch (plan.answer) {
    case 'hang':
    case 'accept_then_hang':
      // The server's own silence limit ends it, or the caller.
      return;
    case 'reset':
      socket?.resetAndDestroy();
      return;
    case 'slow_body':
      return dribble(socket, `250 2.0.0 OK queued as ${queueId()}\r\n`);
    default:
  }
  await world.time.wait(plan.answerMs);
  if (plan.answer === 'error500') return done(refusal(451, '4.3.0 Temporary local problem'));
  if (plan.answer === 'garbage200') {
    socket?.write('<!doctype html><h1>We are getting things ready.</h1>\r\n');
    return;
  }
  done(null, `2.0.0 OK queued as ${queueId()}`);
}

function dribble(socket: Socket | undefined, reply: string): void {
  let at = 0;
  const drip = setInterval(() => {
    if (!socket || socket.destroyed || at >= reply.length) return clearInterval(drip);
    socket.write(reply.charAt(at));
    at += 1;
  }, SLOW_BYTE_MS);
  socket?.once('close', () => clearInterval(drip));
}

const queueId = () => randomBytes(5).toString('hex').toUpperCase();

function log(
  world: World,
  to: string,
  id: string | null,
  outcome: string,
  because: string,
  opaqueId: string | null = null,
): void {
  world.sends.add({
    provider: 'smtp',
    channel: 'email',
    to,
    opaque_id: opaqueId,
    provider_message_id: id,
    outcome,
    because,
  });
}
