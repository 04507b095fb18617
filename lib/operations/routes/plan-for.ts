import { systemClock, utcDay } from '@/lib/clock';
import type { AppRow } from '@/lib/db/configuration';
import type { Channel } from '@/lib/domain/channel';
import { Refusal } from '@/lib/domain/errors';
import type { Policy } from '@/lib/domain/policy/policy';
import type { CountryRoute } from '@/lib/domain/routing/country-route';
import { type RouteOverride, runningOverride } from '@/lib/domain/routing/override';
import { type Plan, planRoute } from '@/lib/domain/routing/plan';
import type { Configuration } from '@/lib/operations/configuration/snapshot';
import { type Recipient, readNumber } from '@/lib/phone/number';

/** Reads the number or refuses in the caller's words. */
export function recipientOf(to: string): Recipient {
  const read = readNumber(to);
  if (read === 'not_a_number') {
    throw new Refusal('invalid_number', { param: 'to', detail: 'Give one valid number in E.164 with the plus sign.' });
  }
  if (read === 'kind_not_allowed') {
    throw new Refusal('number_not_allowed', {
      param: 'to',
      detail: 'Premium, shared-cost and toll-free numbers are not served.',
    });
  }
  return read;
}

/** The policy of a use case or a refusal. */
export function policyOf(configuration: Configuration, useCase: string): Policy {
  const policy = configuration.policies.get(useCase);
  if (!policy) throw new Refusal('unknown_use_case', { param: 'use_case', detail: `No policy exists for ${useCase}.` });
  return policy;
}

/** Refuses a use case that the app may not ask for. An app without a list may ask for all of them. */
export function requireUseCase(app: AppRow | null, useCase: string): void {
  if (app === null || app.allowedUseCases.length === 0 || app.allowedUseCases.includes(useCase)) return;
  throw new Refusal('use_case_not_allowed', { param: 'use_case', detail: `${app.name} may not ask for ${useCase}.` });
}

type Wish = {
  country: string;
  policy: Policy;
  channel: Channel | null;
  /** The caller gave an address that mail can be sent to. */
  hasMailAddress?: boolean;
  locale: string | null;
  app: AppRow | null;
  draw: number;
};

/** Plans of one snapshot: most requests of an app in a country want the same one. Locales come from callers, hence the bound. */
const known = new WeakMap<Configuration, Map<string, Plan>>();
const KNOWN_MAX = 5_000;

/** The plan for a number as configuration stands now. It may have no steps; the caller decides what that means. */
export function planFor(configuration: Configuration, input: Wish): Plan {
  const route = configuration.routeFor(input.country);
  const override = runningOverride(configuration.overrides, input.country, systemClock.now());
  // Where connections share a channel, each request draws its own plan.
  if (route.channels.some(({ connections }) => connections.length > 1))
    return newPlan(configuration, route, input, override);
  const plans = known.get(configuration) ?? new Map<string, Plan>();
  known.set(configuration, plans);
  const day = today();
  const key = [
    day,
    input.country,
    input.policy.useCase,
    input.channel,
    input.locale,
    input.app?.id,
    input.hasMailAddress ? '@' : '',
    override?.id,
  ].join(' ');
  const found = plans.get(key);
  if (found) return found;
  const plan = newPlan(configuration, route, input, override);
  if (plans.size >= KNOWN_MAX) plans.clear();
  plans.set(key, plan);
  return plan;
}

/** Prices turn with the UTC day. */
const today = () => utcDay(systemClock.now());

function newPlan(configuration: Configuration, route: CountryRoute, input: Wish, override: RouteOverride | null): Plan {
  return planRoute({
    route,
    override,
    policy: input.policy,
    channel: input.channel,
    hasMailAddress: input.hasMailAddress ?? false,
    // Request, then the app's own users; the languages of the country and of all, and English, come last by themselves.
    locales: [input.locale, input.app?.defaultLocale ?? null],
    brand: input.app?.brand ?? 'Watchword',
    webDomain: input.app?.webDomain ?? null,
    connections: configuration.connections,
    templates: configuration.templates,
    isDown: configuration.isDown,
    draw: input.draw,
    day: today(),
  });
}

/** Refuses a plan without steps, in the words that fit why. */
export function requireSteps(plan: Plan, channel: Channel | null, country: string): void {
  if (plan.steps.length > 0) return;
  if (channel === 'email' && plan.skipped.some(({ why }) => why === 'no_address')) {
    throw new Refusal('channel_not_available', {
      param: 'email',
      detail: 'Channel email needs the e-mail address of the same person.',
    });
  }
  if (channel !== null && plan.switchTo.length > 0) {
    throw new Refusal('channel_not_available', {
      param: 'channel',
      detail: `${channel} is not available in ${country}. Available: ${plan.switchTo.join(', ')}.`,
    });
  }
  throw new Refusal('country_not_served', { param: 'to', detail: `No channel can reach ${country} now.` });
}

/** The first step on another channel: where to begin when the number is remembered as not on the first one. */
export function alternativeStep(plan: Plan): number | null {
  if (plan.isUserChoice) return null;
  const first = plan.steps[0]?.channel;
  const found = plan.steps.findIndex(({ channel }) => channel !== first);
  return found > 0 ? found : null;
}
