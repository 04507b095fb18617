import type { Channel, PriceRule, ProviderName } from '@/lib/domain/channel';
import { countSegments } from '@/lib/domain/message/segments';
import { lifetimeMinutes, type Policy } from '@/lib/domain/policy/policy';
import { type CountryRoute, priceOn, type RouteMode } from '@/lib/domain/routing/country-route';
import { fallbackFirst, type OverrideNote, type RouteOverride } from '@/lib/domain/routing/override';
import { matchLocale } from '@/lib/domain/template/locale';
import { renderText, tellsTransaction } from '@/lib/domain/template/text';

/** What routing needs to know of a connection. */
export type PlanConnection = {
  id: string;
  provider: ProviderName;
  name: string;
  channels: readonly Channel[];
  enabled: boolean;
  priceRule: PriceRule;
};

/** What routing needs to know of a template. Only `approved` ones can be sent. */
export type PlanTemplate = {
  id: string;
  channel: Channel;
  useCase: string | null;
  locale: string;
  connectionId: string | null;
  providerName: string | null;
  text: string | null;
  /** E-mail only. */
  subject?: string | null;
  /** SMS only: under which id India's operators have the text registered. */
  dltTemplateId?: string | null;
  status: string;
  /** WhatsApp: what the message says of the code's life (minutes) and when it is dropped (seconds); null: not known. */
  codeExpirationMinutes: number | null;
  ttlSeconds: number | null;
  button: string | null;
};

/** One step of a frozen plan: everything a send needs, besides the code, the number and the connection's secrets. */
export type PlanStep = {
  channel: Channel;
  provider: ProviderName;
  connectionId: string;
  connectionName: string;
  /** WhatsApp: name at the provider and language. Text channels: the text, and for e-mail the subject, before their values are filled in. */
  template: { id: string; name: string | null; text: string | null; subject?: string; dltTemplateId?: string };
  locale: string;
  /** Of one part, where the channel counts parts. */
  priceMicros: number;
  priceRule: PriceRule;
  /** SMS only: how many parts a code of this plan is sent and paid as, without what a request adds (autofill hash, transaction). Missing: one. */
  segments?: number;
  /**
   * The position of the step that this one stands in for: the same channel through another connection, used only when the
   * first one's provider (or our account with it) is at fault. Such steps stand after all others. Missing: a step of the order.
   */
  failsOverFor?: number;
};

/** Why a channel of the route is not among the steps. */
export type SkipReason =
  | 'channel_disabled'
  | 'not_in_policy'
  | 'not_chosen'
  | 'no_address'
  | 'no_connection'
  | 'connection_disabled'
  | 'no_approved_template'
  | 'breaker_open';
export type Skipped = { channel: Channel; connectionId: string | null; why: SkipReason };

/** The route as it was decided at issue: frozen on the verification, so that later edits never change codes in flight. */
export type Plan = {
  mode: RouteMode;
  /** True when the user chose the channel: such a verification never falls back silently. */
  isUserChoice: boolean;
  steps: readonly PlanStep[];
  skipped: readonly Skipped[];
  /** Channels the user may switch between with a resend, the one in use among them. */
  switchTo: readonly Channel[];
  fallbackOnFailed: boolean;
  /** Seconds; 0 is off. */
  fallbackAfterSeconds: number;
  coverage: string | null;
  inheritedFrom: Readonly<Record<string, string>>;
  /** Somebody put the fallback first for a while, and why. Named only where it is so. */
  override?: OverrideNote;
  brand: string;
  webDomain: string | null;
  policy: Omit<Policy, 'name' | 'channels' | 'useCase' | 'pack'>;
};

/** The part of a plan that every answer about a verification shows. */
export type PlanOutline = {
  /** The ordered steps. */
  channels: readonly Channel[];
  /** By position, those that only stand in among them: what a verification's `step` points into. */
  stepChannels: readonly Channel[];
  switchTo: readonly Channel[];
  resendsMax: number;
  /** Named only where it is so. */
  bindsTransaction?: true;
};

/** The steps in the order of the route, without those that only stand in. */
export const orderedSteps = ({ steps }: Pick<Plan, 'steps'>): readonly PlanStep[] =>
  steps.filter(({ failsOverFor }) => failsOverFor === undefined);

/** Whether a failure wants a look at once: the next channel may go out, or another connection of the same one. */
export const looksOnFailed = ({ fallbackOnFailed, steps }: Pick<Plan, 'fallbackOnFailed' | 'steps'>): boolean =>
  fallbackOnFailed || steps.some(({ failsOverFor }) => failsOverFor !== undefined);

export const outlineOf = ({ steps, switchTo, policy }: Plan): PlanOutline => ({
  channels: orderedSteps({ steps }).map(({ channel }) => channel),
  stepChannels: steps.map(({ channel }) => channel),
  switchTo,
  resendsMax: policy.resendsMax,
  ...(policy.bindsTransaction ? { bindsTransaction: true } : {}),
});

export type PlanInput = {
  route: CountryRoute;
  policy: Policy;
  /** The user's own choice. */
  channel: Channel | null;
  /** Whether there is an address that mail can be sent to: without one a step on channel email is left out. */
  hasMailAddress?: boolean;
  /** Locale wishes, most wanted first: request, app; the country's own and the global one come last by themselves. */
  locales: readonly (string | null)[];
  brand: string;
  webDomain: string | null;
  connections: ReadonlyMap<string, PlanConnection>;
  templates: readonly PlanTemplate[];
  /** Connections whose breaker is open: passed over as long as anything else can carry the code. */
  isDown?: ReadonlySet<string>;
  /** Runs in this country now: the fallback goes first. */
  override?: RouteOverride | null;
  /** 0 ≤ draw < 1: where the weighted choice between two connections of one channel falls. */
  draw: number;
  /** UTC, `2026-11-25`: which prices hold. */
  day: string;
};

/** More steps than this make no sense to anyone waiting for a code. */
export const STEPS_MAX = 4;

/**
 * The plan of one verification. A connection whose breaker is open is left out, unless nothing else is left: a code that might
 * arrive is better than none.
 */
export function planRoute(input: PlanInput): Plan {
  const around = planAround(input);
  const plan =
    around.steps.length === 0 && (input.isDown?.size ?? 0) > 0 ? planAround({ ...input, isDown: new Set() }) : around;
  return input.override ? fallbackFirst(plan, input.override) : plan;
}

/**
 * Turns a country's route into the ordered steps of one verification, and says why each other channel was left out.
 * No steps means that nothing can be sent; the caller refuses.
 */
function planAround(input: PlanInput): Plan {
  const { route, policy } = input;
  const steps: PlanStep[] = [];
  const spares: PlanStep[] = [];
  const skipped: Skipped[] = [];
  const offered: Channel[] = [];

  for (const entry of route.mode === 'blocked' ? [] : route.channels) {
    const skip = (why: SkipReason, connectionId: string | null = null) =>
      skipped.push({ channel: entry.channel, connectionId, why });
    if (!entry.enabled) {
      skip('channel_disabled');
      continue;
    }
    if (policy.channels.length > 0 && !policy.channels.includes(entry.channel)) {
      skip('not_in_policy');
      continue;
    }
    if (entry.channel === 'email' && !input.hasMailAddress) {
      skip('no_address');
      continue;
    }
    const candidates =
      entry.connections.length > 0 ? byWeight(entry.connections, input.draw) : serving(input, entry.channel);
    if (candidates.length === 0) skip('no_connection');
    const [step, spare] = usable(input, entry.channel, candidates, skip);
    if (!step) continue;
    offered.push(entry.channel);
    if (input.channel !== null && entry.channel !== input.channel) {
      skip('not_chosen');
      continue;
    }
    if (steps.length >= STEPS_MAX) continue;
    // Only connections that the route names stand in for each other: the others may be somebody's on purpose.
    if (spare && entry.connections.length > 1) spares.push({ ...spare, failsOverFor: steps.length });
    steps.push(step);
  }

  const isUserChoice = input.channel !== null;
  return {
    mode: route.mode,
    isUserChoice,
    steps: [...steps, ...spares],
    skipped,
    switchTo: offered,
    fallbackOnFailed: !isUserChoice && route.fallbackOnFailed,
    fallbackAfterSeconds: isUserChoice ? 0 : route.fallbackAfterSeconds,
    coverage: route.coverage,
    inheritedFrom: route.inheritedFrom,
    brand: input.brand,
    webDomain: input.webDomain,
    policy: {
      lifetimeSeconds: policy.lifetimeSeconds,
      codeLength: policy.codeLength,
      checksMax: policy.checksMax,
      resendCooldownSeconds: policy.resendCooldownSeconds,
      resendsMax: policy.resendsMax,
      codeMode: policy.codeMode,
      resendCode: policy.resendCode,
      alphabet: policy.alphabet,
      bindsTransaction: policy.bindsTransaction,
    },
  };
}

/** A route that names no connection takes whichever serve the channel; a WhatsApp account without any template serves nothing. */
export function serving(
  input: Pick<PlanInput, 'connections' | 'templates'>,
  channel: Channel,
): readonly { id: string }[] {
  return [...input.connections.values()].filter(
    ({ id, channels }) =>
      channels.includes(channel) &&
      (channel !== 'whatsapp' || input.templates.some(({ connectionId }) => connectionId === id)),
  );
}

/** The drawn connection first, the others after it in their order: failover without another draw. */
function byWeight(connections: readonly { id: string; weight: number }[], draw: number): readonly { id: string }[] {
  const total = connections.reduce((sum, { weight }) => sum + weight, 0);
  let mark = draw * total;
  const chosen = connections.find(({ weight }) => {
    mark -= weight;
    return mark < 0;
  });
  return chosen ? [chosen, ...connections.filter(({ id }) => id !== chosen.id)] : connections;
}

/** The first candidates that can carry a code, at most two: the one to use, and the one that stands in for it. */
function usable(
  input: PlanInput,
  channel: Channel,
  candidates: readonly { id: string }[],
  skip: (why: SkipReason, connectionId: string) => void,
): PlanStep[] {
  const found: PlanStep[] = [];
  for (const { id } of candidates) {
    if (found.length === 2) break;
    const connection = input.connections.get(id);
    // What only would have stood in is no channel passed over: nothing is said about it.
    const pass = (why: SkipReason) => (found.length === 0 ? skip(why, id) : undefined);
    if (!connection?.enabled) {
      pass('connection_disabled');
      continue;
    }
    if (input.isDown?.has(id)) {
      pass('breaker_open');
      continue;
    }
    const template = bestTemplate(input, channel, id);
    if (!template) {
      pass('no_approved_template');
      continue;
    }
    found.push({
      channel,
      provider: connection.provider,
      connectionId: id,
      connectionName: connection.name,
      template: {
        id: template.id,
        name: template.providerName,
        text: template.text,
        ...(template.subject ? { subject: template.subject } : {}),
        ...(template.dltTemplateId ? { dltTemplateId: template.dltTemplateId } : {}),
      },
      locale: template.locale,
      priceMicros: priceOn(input.route, channel, input.day),
      priceRule: connection.priceRule,
      ...partsOf(input, channel, template.text),
    });
  }
  return found;
}

function partsOf({ policy, brand, webDomain }: PlanInput, channel: Channel, text: string | null) {
  if (channel !== 'sms' || text === null) return {};
  const code = '0'.repeat(policy.codeLength);
  const minutes = lifetimeMinutes(policy.lifetimeSeconds);
  const { segments } = countSegments(renderText(text, { code, brand, minutes, appHash: null, webDomain }));
  return segments > 1 ? { segments } : {};
}

/** A use case's own templates before the general ones; among them the best language: wishes, then the country, the global default, English. */
function bestTemplate(input: PlanInput, channel: Channel, connectionId: string): PlanTemplate | null {
  const sendable = input.templates.filter(
    (template) =>
      template.channel === channel &&
      template.status === 'approved' &&
      (template.connectionId === null || template.connectionId === connectionId) &&
      // A text that tells an amount has none to tell here.
      (input.policy.bindsTransaction || template.text === null || !tellsTransaction(template.text)),
  );
  for (const useCase of [input.policy.useCase, null]) {
    const candidates = sendable.filter((template) => template.useCase === useCase);
    const locale = matchLocale(
      [...input.locales, input.route.defaultLocale, input.route.globalLocale, 'en'],
      candidates.map((template) => template.locale),
    );
    const found = candidates.find((template) => template.locale === locale);
    if (found) return found;
  }
  return null;
}
