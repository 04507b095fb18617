import { Counter, Gauge, Histogram, Registry } from 'prom-client';

type Metrics = {
  registry: Registry;
  requests: Histogram<'operation' | 'status'>;
  /** By operation and status: to look a child up by its labels costs as much as to count. */
  children: Map<string, Histogram.Internal<'operation' | 'status'>>;
  messages: Counter<'channel' | 'result'>;
  fallbacks: Counter<'cause'>;
  checks: Counter<'outcome'>;
  callbacks: Counter<'provider' | 'result'>;
  gauges: Map<string, Gauge>;
};
const holder = globalThis as { watchwordMetrics?: Metrics };

function metrics(): Metrics {
  if (holder.watchwordMetrics) return holder.watchwordMetrics;
  const registry = new Registry();
  holder.watchwordMetrics = {
    registry,
    requests: new Histogram({
      name: 'watchword_request_seconds',
      help: 'Time to answer API requests, by operation and status',
      labelNames: ['operation', 'status'],
      buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
      registers: [registry],
    }),
    children: new Map(),
    messages: new Counter({
      name: 'watchword_messages_total',
      help: 'Messages handed to providers, by channel and answer',
      labelNames: ['channel', 'result'],
      registers: [registry],
    }),
    fallbacks: new Counter({
      name: 'watchword_fallbacks_total',
      help: 'Fallbacks sent, by cause',
      labelNames: ['cause'],
      registers: [registry],
    }),
    checks: new Counter({
      name: 'watchword_checks_total',
      help: 'Checks, by outcome',
      labelNames: ['outcome'],
      registers: [registry],
    }),
    callbacks: new Counter({
      name: 'watchword_callbacks_total',
      help: 'Provider callbacks, by provider and result',
      labelNames: ['provider', 'result'],
      registers: [registry],
    }),
    gauges: new Map(),
  };
  return holder.watchwordMetrics;
}

export function countRequest(operation: string, status: number, seconds: number): void {
  const { requests, children } = metrics();
  const key = `${operation} ${status}`;
  let child = children.get(key);
  if (!child) {
    child = requests.labels({ operation, status: String(status) });
    children.set(key, child);
  }
  child.observe(seconds);
}
export const countMessage = (channel: string, result: string) => metrics().messages.inc({ channel, result });
export const countFallback = (cause: string) => metrics().fallbacks.inc({ cause });
export const countCheck = (outcome: string) => metrics().checks.inc({ outcome });
export const countCallback = (provider: string, result: string, count = 1) =>
  metrics().callbacks.inc({ provider, result }, count);

/** Sets a value that is read at scrape time, e.g. the age of the oldest due timer in seconds. */
export function setGauge(name: string, help: string, value: number): void {
  const { gauges, registry } = metrics();
  const gauge = gauges.get(name) ?? new Gauge({ name, help, registers: [registry] });
  gauges.set(name, gauge);
  gauge.set(value);
}

/** Everything, in Prometheus' text format. */
export async function renderMetrics(): Promise<{ contentType: string; body: string }> {
  const { registry } = metrics();
  return { contentType: registry.contentType, body: await registry.metrics() };
}
