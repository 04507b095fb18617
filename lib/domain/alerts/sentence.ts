import type { AlertScope } from '@/lib/domain/alerts/causes';
import type { OurReason } from '@/lib/domain/alerts/faults';
import type { BaselineName, Figure } from '@/lib/domain/alerts/judge';
import type { AlertKind } from '@/lib/domain/alerts/rules';

/** How people call what an alert names. */
export type Names = {
  connection(id: string): string;
  country(code: string): string;
  channel(channel: string): string;
};

export const BASELINE_WORDS: Record<BaselineName, string> = {
  hour_of_week: 'at this hour of the week',
  day_before: 'over the day before',
};

/** Under 1 % one digit more: 0.4 % is not 0 %. */
export function percent(share: number): string {
  const value = share * 100;
  return `${value > 0 && value < 1 ? value.toFixed(1) : Math.round(value)} %`;
}

const seconds = (ms: number) => (ms < 10_000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms / 1000)} s`);
const dollars = (micros: number) => `$${(micros / 1_000_000).toFixed(2)}`;

/** What is wrong, and what somebody can do about it. */
const FAULT_WORDS: Record<OurReason, (template: string | null) => string> = {
  credentials_rejected: () =>
    'the provider rejects our credentials. Nothing can be sent over it: save valid ones under Connections.',
  account_restricted: () =>
    'the account at the provider is locked, restricted or unpaid. Put it right at the provider.',
  template_unavailable: (template) =>
    `the provider does not send ${template === null ? 'several templates' : `template ${template}`}. Put another one in use under Templates, or submit it anew.`,
  country_not_allowed: () =>
    'the account may not send there. Have the provider allow it, or take the connection out of the route.',
  request_rejected: () =>
    'the provider rejects our requests. The failed messages have its code and its words: put the connection’s settings right.',
};

/** Where: `WhatsApp in Brazil`, `WhatsApp over Meta main, in 10 countries`. */
export function placeWords(scope: AlertScope, names: Names): string {
  const channel = scope.channel === null ? 'All channels' : names.channel(scope.channel);
  const over = scope.connectionId === null ? '' : ` over ${names.connection(scope.connectionId)}`;
  const { countries } = scope;
  const [first, second] = countries;
  if (first === undefined) return `${channel}${over}`;
  if (countries.length === 1) return `${channel}${over} in ${names.country(first)}`;
  if (countries.length === 2) return `${channel}${over} in ${names.country(first)} and ${names.country(second ?? '')}`;
  return `${channel}${over} in ${countries.length} countries`;
}

/** The cause in one sentence, with its figures. */
export function causeSentence(
  cause: {
    kind: AlertKind;
    scope: AlertScope;
    now: Figure;
    before: Figure | null;
    baseline: BaselineName | null;
  },
  windowMinutes: number,
  names: Names,
): string {
  const { scope, now, before, baseline } = cause;
  const place = placeWords(scope, names);
  const usual = baseline === null ? '' : ` ${BASELINE_WORDS[baseline]}`;
  switch (cause.kind) {
    case 'delivery_drop':
      return `${place}: ${percent(now.value)} delivered, ${before === null ? 'nothing to compare with' : `${percent(before.value)}${usual}`}.`;
    case 'slow_delivery':
      // Over its limit in seconds, and no slower than usual: what is usual says nothing then.
      return `${place}: one in ten takes longer than ${seconds(now.value)}${before === null || before.value >= now.value ? '' : `, ${seconds(before.value)}${usual}`}.`;
    case 'unknown_rate':
      return `${place}: the provider did not answer ${percent(now.value)} of the sends.`;
    case 'spend':
      return `${place}: ${dollars(now.value)} spent in ${windowMinutes} min${before === null ? '' : `, ${dollars(before.value)} in the same time a day ago`}.`;
    case 'template_not_sendable':
      return `Template ${scope.template ?? ''} on ${scope.connectionId === null ? 'its connection' : names.connection(scope.connectionId)}: its codes go out over the next channel.`;
    case 'webhook_silence':
      return scope.connectionId === null
        ? `No receipts from any provider: ${now.n} messages were accepted and nothing was heard of them. The fault is likely our own webhook.`
        : `${place}: ${now.n} messages were accepted and no receipt came.`;
    case 'our_fault':
      return `${place}: ${scope.reason ? FAULT_WORDS[scope.reason](scope.template) : 'messages fail by a fault of our own.'} Codes leave over the next channel, where there is one.`;
  }
}
