import { connect, createServer, type Socket } from 'node:net';
import { choosePort } from '@/scripts/child';

/**
 * A way to a database that can hang, as a stopped Postgres does: connections stay open and new ones are accepted, but nothing is
 * answered. What was sent meanwhile arrives when it goes on, also from those who have hung up.
 */
export async function startFreezable(databaseUrl: string): Promise<{
  url: string;
  freeze(): void;
  thaw(): void;
  stop(): Promise<void>;
}> {
  const target = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  let isFrozen = false;
  // Both halves of a connection end by themselves: what a caller sent before it hung up still arrives.
  const server = createServer({ allowHalfOpen: true }, (caller) => {
    const postgres = connect({ host: target.hostname, port: Number(target.port), allowHalfOpen: true });
    pass(caller, postgres);
    pass(postgres, caller);
  });
  const pass = (from: Socket, to: Socket) => {
    sockets.add(from);
    from.on('data', (bytes) => to.write(bytes));
    from.on('end', () => to.end());
    from.on('error', () => to.end());
    from.on('close', () => {
      sockets.delete(from);
      to.end();
    });
    if (isFrozen) from.pause();
  };
  const port = await choosePort(0);
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const url = new URL(databaseUrl);
  url.hostname = '127.0.0.1';
  url.port = String(port);
  return {
    url: url.href,
    freeze() {
      isFrozen = true;
      for (const socket of sockets) socket.pause();
    },
    thaw() {
      isFrozen = false;
      for (const socket of sockets) socket.resume();
    },
    stop() {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
