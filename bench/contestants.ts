import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { type Child, choosePort, startChild, untilReady } from '../scripts/child';
import { type BenchPostgres, DATABASES } from './postgres';

export type Contestant = { port: number; child: Child };
export type Contestants = { fast: Contestant; next: Contestant; peer: Contestant; stop(): Promise<void> };

/** Variables of one installation; also set for the bench itself, which prepares rows as the server would. */
export function ourEnvironment(databaseUrl: string, publicUrl: string): Record<string, string> {
  return {
    NODE_ENV: 'production',
    DATABASE_URL: databaseUrl,
    WATCHWORD_PUBLIC_URL: publicUrl,
    WATCHWORD_KEYS: `1:${randomBytes(32).toString('base64')}`,
    WATCHWORD_INDEX_KEY: randomBytes(32).toString('base64'),
    NEXTAUTH_SECRET: randomBytes(32).toString('hex'),
    WATCHWORD_SETUP_TOKEN: randomBytes(24).toString('hex'),
    HOST: '127.0.0.1',
  };
}

/** Starts every server as a process of its own. All of them stay up for the whole run; whoever is not measured is idle. */
export async function startContestants(
  postgres: BenchPostgres,
  environment: Record<string, string>,
  fastPort: number,
): Promise<Contestants> {
  const children: Child[] = [];
  const stop = async () => {
    await Promise.all(children.map((child) => child.stop()));
  };
  const start = async (
    name: string,
    script: string,
    args: string[],
    variables: Record<string, string>,
    port: number,
    readyAt: string,
  ) => {
    const child = startChild(script, args, variables, path.join(postgres.folder, `${name}.log`));
    children.push(child);
    await untilReady(child, `http://127.0.0.1:${port}${readyAt}`);
    return { port, child };
  };
  try {
    // As `npm start`: web and worker in one process.
    const fast = await start(
      'ours',
      'bench/our-server.ts',
      [],
      { ...environment, PORT: String(fastPort), WATCHWORD_ROLES: 'web,worker', WATCHWORD_FAST_LANE: 'on' },
      fastPort,
      '/api/ready',
    );
    const nextPort = await choosePort(0);
    const next = await start(
      'next',
      'bench/our-server.ts',
      [],
      { ...environment, PORT: String(nextPort), WATCHWORD_ROLES: 'web', WATCHWORD_FAST_LANE: 'off' },
      nextPort,
      '/api/ready',
    );
    const peerPort = await choosePort(0);
    const peer = await start(
      'better-auth',
      'bench/peer-server.ts',
      [String(peerPort)],
      {
        NODE_ENV: 'production',
        PEER_DATABASE_URL: postgres.urlOf(DATABASES.peer),
        PEER_SECRET: randomBytes(32).toString('hex'),
      },
      peerPort,
      '/api/auth/ok',
    );
    return { fast, next, peer, stop };
  } catch (error: unknown) {
    await stop();
    throw error;
  }
}
