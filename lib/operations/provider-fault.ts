import { log } from '@/lib/telemetry/log';

/** Notes that a provider's adapter threw, which is a bug of ours: adapters answer whatever providers do. Only the error's name: its text may hold what was sent. */
export function noteProviderFault(provider: string, event: string, error: unknown): void {
  log().error({ provider, error: error instanceof Error ? error.name : 'unknown' }, event);
}
