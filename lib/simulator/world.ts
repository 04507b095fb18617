import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { Accounts } from '@/lib/simulator/accounts';
import { HttpClient } from '@/lib/simulator/http-client';
import { MetaTemplates } from '@/lib/simulator/meta-template-store';
import { ordinaryPlan } from '@/lib/simulator/ordinary-people';
import { personalityPlan } from '@/lib/simulator/personalities';
import { Phones } from '@/lib/simulator/phones';
import { type Plan, promptPlan, type SendFacts } from '@/lib/simulator/plan';
import { type Random, seededRandom } from '@/lib/simulator/random';
import { Scenarios } from '@/lib/simulator/scenarios';
import { SendsLog } from '@/lib/simulator/sends-log';
import { SimTime } from '@/lib/simulator/sim-time';
import { TwilioContents } from '@/lib/simulator/twilio-content-store';
import { TwilioMessages } from '@/lib/simulator/twilio-message-store';
import { WebhooksOut } from '@/lib/simulator/webhooks-out';
import { YCloudMessages } from '@/lib/simulator/ycloud-message-store';

/** What can be turned while the simulator runs (`POST /_control/settings`). */
export type Settings = {
  /** `believable` draws ordinary numbers from their country's profile; `prompt` delivers every one of them. */
  ordinary: 'believable' | 'prompt';
  /** Meta's 1 message per 6 s to one user (131056). */
  pair_rate_limit: boolean;
  /** Meta's messages per second and sender (130429), null for no limit; 80 is the real default. */
  throughput_per_second: number | null;
  /** Collects Meta statuses for so long into one POST, null for one POST per status. */
  batch_window_ms: number | null;
  /** Meta's own maximum is 1000 updates in one POST. */
  batch_max: number;
  /** How long Meta thinks about a new template. */
  template_approval_ms: number;
  /** Vonage posts one status in forty without its signature first. */
  unsigned_callbacks: boolean;
};

export const DEFAULT_SETTINGS: Settings = {
  ordinary: 'believable',
  pair_rate_limit: false,
  throughput_per_second: null,
  batch_window_ms: null,
  batch_max: 1000,
  template_approval_ms: 3000,
  unsigned_callbacks: true,
};

/** Everything one running simulator knows. */
export type World = {
  settings: Settings;
  random: Random;
  time: SimTime;
  accounts: Accounts;
  templates: MetaTemplates;
  contents: TwilioContents;
  twilioMessages: TwilioMessages;
  ycloudMessages: YCloudMessages;
  phones: Phones;
  sends: SendsLog;
  scenarios: Scenarios;
  client: HttpClient;
  webhooks: WebhooksOut;
};

export function makeWorld(options: { seed: number; speed: number; keep: number; settings: Partial<Settings> }): World {
  const time = new SimTime(options.speed);
  const client = new HttpClient(64);
  return {
    settings: { ...DEFAULT_SETTINGS, ...options.settings },
    random: seededRandom(options.seed),
    time,
    accounts: new Accounts(),
    templates: new MetaTemplates(),
    contents: new TwilioContents(),
    twilioMessages: new TwilioMessages(options.keep),
    ycloudMessages: new YCloudMessages(options.keep),
    phones: new Phones(options.keep),
    sends: new SendsLog(options.keep),
    scenarios: new Scenarios(),
    client,
    webhooks: new WebhooksOut(client, time),
  };
}

/** Decides the whole life of one message: the number's personality or its country's profile, bent by a scenario. */
export function planFor(world: World, facts: SendFacts): Plan {
  const ordinary = () =>
    world.settings.ordinary === 'prompt' ? promptPlan(facts, 'prompt') : ordinaryPlan(facts, world.random);
  return world.scenarios.bend(personalityPlan(facts) ?? ordinary(), facts, world.random);
}

/** ISO alpha-2 of a number that could exist; null for one that cannot, by length and prefix. */
export function countryOf(to: string): { country: string | null; isPossible: boolean } {
  const parsed = parsePhoneNumberFromString(to);
  return { country: parsed?.country ?? null, isPossible: parsed?.isPossible() ?? false };
}

/**
 * Carries a message on: the phone, then what the provider tells about it. Provider times are true to the plan even
 * when webhooks leave late or twice.
 */
export function carry(
  world: World,
  plan: Plan,
  carrier: { arrive(): void; report(receipt: Plan['receipts'][number], at: Date): void },
  receipts: Plan['receipts'] = plan.receipts,
): void {
  const startedAt = Date.now();
  if (plan.arrivesMs !== null) world.time.after(plan.arrivesMs, () => carrier.arrive());
  for (const planned of receipts) {
    const at = new Date(startedAt + planned.atMs / world.time.speed);
    world.time.after(planned.postMs, () => carrier.report(planned, at));
  }
}
