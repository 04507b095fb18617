import { log } from '@/lib/telemetry/log';

/** Notes that a provider's adapter threw, which is a bug of ours: adapters answer whatever providers do. Only the error's name: its text may hold what was sent. */
export function noteProviderFault(provider: string, event: string, error: unknown): void {
  log().error({ provider, error: error instanceof Error ? error.name : 'unknown' }, event);
}

/** What an adapter answers to `ask`, or `instead` where it threw: one that does must not take along what others were asked for. */
export async function askAdapter<Answer, Instead>(
  provider: string,
  event: string,
  instead: Instead,
  ask: () => Promise<Answer>,
): Promise<Answer | Instead> {
  try {
    return await ask();
  } catch (error: unknown) {
    noteProviderFault(provider, event, error);
    return instead;
  }
}
