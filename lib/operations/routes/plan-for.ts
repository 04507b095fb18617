import type { AppRow } from '@/lib/db/configuration';
import type { Channel } from '@/lib/domain/channel';
import { Refusal } from '@/lib/domain/errors';
import type { Policy } from '@/lib/domain/policy/policy';
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

/** The plan for a number as configuration stands now. It may have no steps; the caller decides what that means. */
export function planFor(
  configuration: Configuration,
  input: {
    country: string;
    policy: Policy;
    channel: Channel | null;
    locale: string | null;
    app: AppRow | null;
    draw: number;
  },
): Plan {
  return planRoute({
    route: configuration.routeFor(input.country),
    policy: input.policy,
    channel: input.channel,
    // Request, then the app's own users; the country's language and English come last by themselves.
    locales: [input.locale, input.app?.defaultLocale ?? null],
    brand: input.app?.brand ?? 'Watchword',
    webDomain: input.app?.webDomain ?? null,
    connections: configuration.connections,
    templates: configuration.templates,
    draw: input.draw,
  });
}

/** Refuses a plan without steps, in the words that fit why. */
export function requireSteps(plan: Plan, channel: Channel | null, country: string): void {
  if (plan.steps.length > 0) return;
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
