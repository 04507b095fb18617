import { newUuid } from '@/lib/ids';
import { putProviders } from '@/lib/operations/messages/dispatch';
import type { Provider } from '@/lib/providers/provider';
import { providerNamed } from '@/lib/providers/registry';
import { startServer } from '@/server';

/**
 * The production server, but for the carrier: sends are accepted at once without leaving the process, as the peer's are.
 * Everything else happens: the lease, the record of the answer, callbacks, worker.
 */
const quiet = new Map<string, Provider>();
putProviders((name) => {
  const known = quiet.get(name);
  if (known) return known;
  const real = providerNamed(name);
  if (!real) return null;
  const made: Provider = {
    ...real,
    send: async () => ({ kind: 'accepted', providerMessageId: `wamid.${newUuid()}`, segments: 1 }),
  };
  quiet.set(name, made);
  return made;
});

const running = await startServer();
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    running.stop().finally(() => process.exit(0));
  });
}
