import type { AccountsInput } from '@/lib/simulator/accounts';
import type { ReceivedMessage } from '@/lib/simulator/phones';
import type { Scenario, ScenarioInput } from '@/lib/simulator/scenarios';
import type { LoggedSend } from '@/lib/simulator/sends-log';
import type { Settings } from '@/lib/simulator/world';

/** What `GET /_control/stats` counts. */
export type SimulatorStats = {
  sends: Record<string, number>;
  messages: { received: number; kept: number };
  webhooks: { posted: number; taken: number; retried: number; given_up: number; dropped: number; pending: number };
  timers_pending: number;
  speed: number;
  scenarios: number;
  crowd: Record<string, unknown>;
};

/** The control routes of a running simulator as functions. Each rejects when the simulator refuses. */
export type SimulatorControl = {
  messages(to?: string): Promise<ReceivedMessage[]>;
  sends(to?: string): Promise<LoggedSend[]>;
  stats(): Promise<SimulatorStats>;
  /** Phone number ids with a `verify_token` are answered with the outcome of their handshake. */
  setAccounts(accounts: AccountsInput): Promise<{ webhooks: Record<string, string> }>;
  addScenario(scenario: ScenarioInput): Promise<Scenario>;
  removeScenario(id: string): Promise<void>;
  clearScenarios(): Promise<void>;
  setSpeed(factor: number): Promise<void>;
  setSettings(settings: Partial<Settings>): Promise<Settings>;
  setCrowd(perMinute: number, app?: { baseUrl: string; apiKey: string }): Promise<Record<string, unknown>>;
  /** Presses "I didn't request a code" under the newest WhatsApp message. */
  denyCode(to: string): Promise<void>;
  reset(): Promise<void>;
  /** Waits until the phone has at least `count` messages; rejects after `withinMs` with what it had. */
  waitForMessages(to: string, count: number, withinMs?: number): Promise<ReceivedMessage[]>;
};

const POLL_MS = 15;

export function simulatorControl(simulatorUrl: string): SimulatorControl {
  const call = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const response = await fetch(`${simulatorUrl}/_control/${path}`, {
      method,
      signal: AbortSignal.timeout(10_000),
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} /_control/${path} answered ${response.status}: ${text}`);
    return JSON.parse(text) as T;
  };
  const ofPhone = (path: string, to?: string) => (to === undefined ? path : `${path}?to=${encodeURIComponent(to)}`);
  const messages = (to?: string) => call<ReceivedMessage[]>('GET', ofPhone('messages', to));

  return {
    messages,
    sends: (to) => call('GET', ofPhone('sends', to)),
    stats: () => call('GET', 'stats'),
    setAccounts: (accounts) => call('POST', 'accounts', accounts),
    addScenario: (scenario) => call('POST', 'scenario', scenario),
    removeScenario: async (id) => void (await call('DELETE', `scenario/${id}`)),
    clearScenarios: async () => void (await call('DELETE', 'scenario')),
    setSpeed: async (factor) => void (await call('POST', 'speed', { factor })),
    setSettings: (settings) => call('POST', 'settings', settings),
    setCrowd: (perMinute, app) =>
      call('POST', 'crowd', {
        per_minute: perMinute,
        ...(app ? { base_url: app.baseUrl, api_key: app.apiKey } : {}),
      }),
    denyCode: async (to) => void (await call('POST', 'code-denied', { to })),
    reset: async () => void (await call('POST', 'reset', {})),
    waitForMessages: async (to, count, withinMs = 5000) => {
      const deadline = Date.now() + withinMs;
      for (;;) {
        const found = await messages(to);
        if (found.length >= count) return found;
        if (Date.now() > deadline)
          throw new Error(`${to} had ${found.length} of ${count} messages after ${withinMs} ms`);
        await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      }
    },
  };
}
