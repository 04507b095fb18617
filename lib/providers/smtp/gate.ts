/** A server closes the door on whoever opens too many at once; what waits is bounded too. */
const AT_ONCE_MAX = 20;
const WAITING_MAX = 1_000;

type Gate = { open: number; waiting: Set<() => void> };
const gates = new Map<string, Gate>();

/**
 * Waits for one of the connections that may stand to a server at once. Answers how to give it back, or null when too many
 * wait or the signal ends the waiting.
 */
export function enterGate(server: string, signal: AbortSignal): Promise<(() => void) | null> {
  const gate = gates.get(server) ?? { open: 0, waiting: new Set() };
  gates.set(server, gate);
  if (gate.open < AT_ONCE_MAX) {
    gate.open += 1;
    return Promise.resolve(() => leave(server, gate));
  }
  if (gate.waiting.size >= WAITING_MAX) return Promise.resolve(null);
  return new Promise((resolve) => {
    const enter = () => {
      signal.removeEventListener('abort', giveUp);
      resolve(() => leave(server, gate));
    };
    const giveUp = () => {
      gate.waiting.delete(enter);
      resolve(null);
    };
    gate.waiting.add(enter);
    signal.addEventListener('abort', giveUp, { once: true });
  });
}

/** Hands the place to who waits longest, or frees it. */
function leave(server: string, gate: Gate): void {
  const [next] = gate.waiting;
  if (next) {
    gate.waiting.delete(next);
    next();
    return;
  }
  gate.open -= 1;
  if (gate.open === 0) gates.delete(server);
}
