import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

export type CaughtWebhook = { url: string; headers: IncomingHttpHeaders; body: string; at: number };

/** An app's webhook door for tests: keeps the exact bytes of what comes, answers what it is told to. */
export type WebhookCatcher = {
  url: string;
  caught: CaughtWebhook[];
  /** Status of the next answers, in order; 200 when the list is empty. 0 drops the connection. */
  answers: number[];
  /** Milliseconds before each answer. */
  delayMs: number;
  /** Waits until `find` is happy with what was caught; rejects with it after `withinMs`. */
  until(find: (caught: CaughtWebhook[]) => boolean, withinMs?: number): Promise<CaughtWebhook[]>;
  close(): Promise<void>;
};

export async function catchWebhooks(): Promise<WebhookCatcher> {
  const caught: CaughtWebhook[] = [];
  const pace = { delayMs: 0 };
  const answers: number[] = [];
  const watchers = new Set<() => void>();
  const server = createServer((req, res) => {
    const chunks: Buffer[] = [];
    req.on('data', (chunk: Buffer) => chunks.push(chunk));
    req.on('end', () => {
      const status = answers.shift() ?? 200;
      caught.push({
        url: req.url ?? '',
        headers: req.headers,
        body: Buffer.concat(chunks).toString('utf8'),
        at: Date.now(),
      });
      const answer = () => (status === 0 ? res.destroy() : res.writeHead(status).end());
      if (pace.delayMs > 0) setTimeout(answer, pace.delayMs);
      else answer();
      for (const watcher of watchers) watcher();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;

  const until: WebhookCatcher['until'] = (find, withinMs = 5000) =>
    new Promise((resolve, reject) => {
      const watch = () => {
        if (!find(caught)) return;
        clearTimeout(timer);
        watchers.delete(watch);
        resolve(caught);
      };
      const timer = setTimeout(() => {
        watchers.delete(watch);
        reject(new Error(`Not what was waited for within ${withinMs} ms: ${JSON.stringify(caught).slice(0, 2000)}`));
      }, withinMs);
      watchers.add(watch);
      watch();
    });

  return {
    url: `http://127.0.0.1:${port}`,
    caught,
    answers,
    get delayMs() {
      return pace.delayMs;
    },
    set delayMs(ms) {
      pace.delayMs = ms;
    },
    until,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
