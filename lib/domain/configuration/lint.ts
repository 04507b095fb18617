import type { Channel } from '@/lib/domain/channel';
import {
  type Entities,
  entityAs,
  entityKey,
  type Json,
  readEntityKey,
  type TextEntity,
} from '@/lib/domain/configuration/entities';
import { guessOdds, lifetimeMinutes, type Policy } from '@/lib/domain/policy/policy';
import { type CountryRoute, type RouteRow, resolveRoute } from '@/lib/domain/routing/country-route';
import {
  orderedSteps,
  type Plan,
  type PlanConnection,
  type PlanTemplate,
  planRoute,
  type SkipReason,
} from '@/lib/domain/routing/plan';
import { matchLocale } from '@/lib/domain/template/locale';
import { CODE_LENGTH, FALLBACK_AFTER_SECONDS, LIFETIME_SECONDS } from '@/lib/domain/verification/limits';

export type FindingCode =
  | 'country_without_channel'
  | 'fallback_leads_nowhere'
  | 'timer_outlives_code'
  | 'timer_outside_band'
  | 'mail_before_another'
  | 'lifetime_too_long'
  | 'code_too_short'
  | 'guess_odds'
  | 'message_outlives_code'
  | 'template_tells_other_minutes'
  | 'locale_without_template'
  | 'connection_unknown'
  | 'dlt_missing'
  | 'text_twice'
  | 'transaction_not_told';

/** One edit of the draft that would mend it. */
export type Fix = { label: string; edits: readonly { entity: string; field: string | null; value: Json }[] };

/** `error` stops a publish: somebody would get no code. A `warning` has to be read; a `note` is advice. */
export type Finding = {
  code: FindingCode;
  severity: 'error' | 'warning' | 'note';
  /** In one sentence, with the figures. */
  said: string;
  /** The entity and field to look at. */
  entity: string;
  field: string | null;
  /** Where only one use case is concerned by what is said of a country. Missing: all of them. */
  useCase?: string;
  /** Where in the console it is mended, when no edit of the draft can. */
  href: string | null;
  fix: Fix | null;
  /** Verifications of the last seven days that it concerns; null: not known. */
  verifications: number | null;
};

export type LintInput = {
  entities: Entities;
  connections: ReadonlyMap<string, PlanConnection>;
  /** WhatsApp templates; texts come from the entities. */
  templates: readonly PlanTemplate[];
  /** Last seven days; null: not known. */
  traffic: readonly { country: string; useCase: string; locale: string; verifications: number }[] | null;
  /** UTC, `2026-11-25`. */
  day: string;
};

/** Guessing one code, with all its checks, must stay below this. */
const GUESS_ODDS_MAX = 1 / 10_000;
/** Meta drops an authentication message after this long unless its template says otherwise (Meta, "Time-to-live"). */
const META_TTL_SECONDS = 600;
const FINDINGS_MAX = 500;
const COUNTRIES_NAMED_MAX = 8;

/** What would go wrong under these entities, worst first. Also names countries that nobody can reach. */
export function lint(input: LintInput): Finding[] {
  const world = read(input);
  const findings = [
    ...world.policies.flatMap(lintPolicy),
    ...lintCountries(input, world),
    ...lintTemplates(input, world),
    ...lintTexts(world),
    ...lintPlaces(world),
    ...world.policies.flatMap((policy) => lintTransaction(policy, world)),
  ];
  return findings
    .sort((a, b) => RANK[a.severity] - RANK[b.severity] || (b.verifications ?? 0) - (a.verifications ?? 0))
    .slice(0, FINDINGS_MAX);
}

/** Worst first. */
const RANK = { error: 0, warning: 1, note: 2 } as const;

/** Whether a finding was there before a change, and no milder: then the change did not bring it. Its figures and reasons may be others. */
export function isKnownFinding(before: readonly Finding[], finding: Finding): boolean {
  return before.some(
    (known) =>
      known.code === finding.code &&
      known.entity === finding.entity &&
      known.field === finding.field &&
      RANK[known.severity] <= RANK[finding.severity] &&
      // What held for every use case held for this one.
      (known.useCase === undefined || known.useCase === finding.useCase),
  );
}

type World = {
  policies: Policy[];
  rows: ReadonlyMap<string, RouteRow>;
  countries: string[];
  texts: [id: string, text: TextEntity][];
  templates: PlanTemplate[];
  sent(where: { country?: string; useCase?: string; locale?: string }): number | null;
};

function read(input: LintInput): World {
  const policies: Policy[] = [];
  const rows = new Map<string, RouteRow>();
  const texts: [string, TextEntity][] = [];
  for (const [key, entity] of Object.entries(input.entities)) {
    const known = readEntityKey(key);
    if (known?.kind === 'policies') policies.push({ useCase: known.id, ...entityAs('policies', entity) });
    if (known?.kind === 'routes') rows.set(known.id, { scope: known.id, ...entityAs('routes', entity) });
    if (known?.kind === 'texts') texts.push([known.id, entityAs('texts', entity)]);
  }
  return {
    policies,
    rows,
    countries: [...rows.keys()].flatMap((scope) => (scope.startsWith('country:') ? [scope.slice(8)] : [])).sort(),
    texts,
    templates: [
      ...input.templates.filter(({ channel }) => channel === 'whatsapp'),
      ...texts.map(([id, text]) => ({
        id,
        channel: text.channel,
        useCase: text.useCase,
        locale: text.locale,
        connectionId: null,
        providerName: null,
        text: text.text,
        status: 'approved',
        codeExpirationMinutes: null,
        ttlSeconds: null,
        button: null,
      })),
    ],
    sent: (where) =>
      input.traffic?.reduce(
        (sum, cell) =>
          (where.country === undefined || cell.country === where.country) &&
          (where.useCase === undefined || cell.useCase === where.useCase) &&
          (where.locale === undefined || cell.locale === where.locale)
            ? sum + cell.verifications
            : sum,
        0,
      ) ?? null,
  };
}

const edit = (label: string, entity: string, field: string, value: Json): Fix => ({
  label,
  edits: [{ entity, field, value }],
});

/** What one policy is by itself: the form that edits it says the same while one types. */
export function lintPolicy(policy: Policy): Finding[] {
  const entity = entityKey('policies', policy.useCase);
  const about = { entity, href: null, verifications: null };
  const findings: Finding[] = [];
  if (policy.lifetimeSeconds > LIFETIME_SECONDS.warnAbove) {
    findings.push({
      ...about,
      code: 'lifetime_too_long',
      severity: 'warning',
      field: 'lifetimeSeconds',
      said: `${policy.name}: a code lives ${Number((policy.lifetimeSeconds / 60).toFixed(1))} minutes. OWASP ASVS caps codes sent out of band at 10.`,
      fix: edit('Make it 10 minutes', entity, 'lifetimeSeconds', LIFETIME_SECONDS.warnAbove),
    });
  }
  if (policy.codeLength < CODE_LENGTH.warnBelow) {
    findings.push({
      ...about,
      code: 'code_too_short',
      severity: 'warning',
      field: 'codeLength',
      said: `${policy.name}: codes have ${policy.codeLength} characters. Below ${CODE_LENGTH.warnBelow} they are guessed sooner.`,
      fix: edit(`Make it ${CODE_LENGTH.default}`, entity, 'codeLength', CODE_LENGTH.default),
    });
  }
  if (guessOdds(policy) > GUESS_ODDS_MAX) {
    findings.push({
      ...about,
      code: 'guess_odds',
      severity: 'warning',
      field: 'checksMax',
      said: `${policy.name}: ${policy.checksMax} checks of ${policy.codeLength} characters let a guess through once in ${Math.round(1 / guessOdds(policy)).toLocaleString('en')}. The line is 1 in 10,000.`,
      fix: edit(`Use ${CODE_LENGTH.default} characters`, entity, 'codeLength', CODE_LENGTH.default),
    });
  }
  return findings;
}

/**
 * What is planned for every country. Timers and order are judged by the use case that lives shortest; whether any channel
 * is left, by every use case. Countries that share a plan share a finding's reason, not the finding.
 */
function lintCountries(input: LintInput, world: World): Finding[] {
  const findings: Finding[] = [];
  const shortest = [...world.policies].sort((a, b) => a.lifetimeSeconds - b.lifetimeSeconds)[0];
  if (!shortest) return findings;
  const shapes = shapesOf(world);
  const quiet = new Map<Policy, { countries: string[]; reason: string }>();
  // Routes inherit: a thousand countries with the same timer are one finding, at the scope that sets it.
  const told = new Map<string, Finding>();
  const once = (key: string, sent: number | null, make: () => Finding) => {
    const known = told.get(key);
    // The countries under one scope are one finding: their traffic adds up.
    if (known) known.verifications = total([known.verifications, sent]);
    else {
      const made = make();
      told.set(key, made);
      findings.push(made);
    }
  };
  for (const country of world.countries) {
    const route = resolveRoute(world.rows, country);
    if (route.mode === 'blocked') continue;
    const plan = planOf(input, world, route, shortest);
    const sent = world.sent({ country });
    const entity = entityKey('routes', `country:${country}`);
    const about = { entity, href: null, verifications: sent };

    for (const { id } of route.channels.flatMap(({ connections }) => connections)) {
      if (input.connections.has(id)) continue;
      const scope = route.inheritedFrom.channels ?? `country:${country}`;
      once(`connection ${id} ${scope}`, sent, () => ({
        ...about,
        entity: entityKey('routes', scope),
        code: 'connection_unknown',
        severity: 'error',
        field: 'channels',
        said: `The route names a connection that does not exist (${id.slice(0, 8)}…).`,
        fix: edit(
          'Take it out of the route',
          entityKey('routes', scope),
          'channels',
          route.channels.map((entry) =>
            entryOf({ ...entry, connections: entry.connections.filter((each) => each.id !== id) }),
          ),
        ),
      }));
    }

    const scope = route.inheritedFrom.fallbackAfterSeconds ?? `country:${country}`;
    const timer = route.fallbackAfterSeconds;
    const at = { ...about, entity: entityKey('routes', scope), field: 'fallbackAfterSeconds' as const };
    if (timer > 0 && timer >= shortest.lifetimeSeconds) {
      once(`outlives ${scope}`, sent, () => ({
        ...at,
        code: 'timer_outlives_code',
        severity: 'error',
        said: `Fallback after ${timer} s comes when a ${shortest.name.toLowerCase()} code has died (${shortest.lifetimeSeconds} s).`,
        fix: edit(`Make it ${FALLBACK_AFTER_SECONDS.default} s`, at.entity, at.field, FALLBACK_AFTER_SECONDS.default),
      }));
    } else if (
      timer > 0 &&
      (timer < FALLBACK_AFTER_SECONDS.recommendedMin || timer > FALLBACK_AFTER_SECONDS.recommendedMax)
    ) {
      once(`band ${scope}`, sent, () => ({
        ...at,
        code: 'timer_outside_band',
        severity: 'note',
        said:
          timer < FALLBACK_AFTER_SECONDS.recommendedMin
            ? `Fallback after ${timer} s sends many codes twice: WhatsApp often needs longer. ${FALLBACK_AFTER_SECONDS.recommendedMin} to ${FALLBACK_AFTER_SECONDS.recommendedMax} s is the usual band.`
            : `Fallback after ${timer} s: people give up sooner. ${FALLBACK_AFTER_SECONDS.recommendedMin} to ${FALLBACK_AFTER_SECONDS.recommendedMax} s is the usual band.`,
        fix: edit(`Make it ${FALLBACK_AFTER_SECONDS.default} s`, at.entity, at.field, FALLBACK_AFTER_SECONDS.default),
      }));
    }

    const steps = orderedSteps(plan);
    const mailed = steps.findIndex(({ channel }) => channel === 'email');
    if (route.mode === 'automatic' && timer > 0 && mailed >= 0 && mailed < steps.length - 1) {
      const scope = route.inheritedFrom.channels ?? `country:${country}`;
      const next = steps[mailed + 1]?.channel;
      once(`mail ${scope}`, sent, () => ({
        ...about,
        entity: entityKey('routes', scope),
        code: 'mail_before_another',
        severity: 'warning',
        field: 'channels',
        said: `E-mail comes before ${next === 'sms' ? 'SMS' : next === 'whatsapp' ? 'WhatsApp' : next}, and a mail server never says that a code arrived: whoever has not typed it within ${timer} s gets, and costs, a second message.`,
        fix: edit('Put e-mail last', entityKey('routes', scope), 'channels', [
          ...route.channels.filter(({ channel }) => channel !== 'email').map(entryOf),
          ...route.channels.filter(({ channel }) => channel === 'email').map(entryOf),
        ]),
      }));
    }

    const dead = shapes.flatMap((policies) => {
      const [first] = policies;
      const planned = first ? planOf(input, world, route, first) : plan;
      return planned.steps.length === 0 ? [{ policies, reason: reasonsOf(planned) }] : [];
    });
    if (dead.length === shapes.length) {
      // A country nobody asks for is worth knowing; one with traffic stops the publish.
      findings.push({
        ...about,
        code: 'country_without_channel',
        severity: sent !== null && sent > 0 ? 'error' : 'note',
        field: 'channels',
        said: `${country}: no channel can carry a code (${reasonsOf(plan)}).`,
        href: '/config/connections',
        fix: null,
      });
      continue;
    }
    for (const { policies, reason } of dead) {
      for (const policy of policies) {
        const asked = world.sent({ country, useCase: policy.useCase });
        if (asked === null || asked === 0) {
          const known = quiet.get(policy);
          if (known) known.countries.push(country);
          else quiet.set(policy, { countries: [country], reason });
          continue;
        }
        findings.push({
          code: 'country_without_channel',
          severity: 'error',
          entity,
          field: 'channels',
          useCase: policy.useCase,
          said: `${country}: no channel can carry a ${policy.name.toLowerCase()} code (${reason}).`,
          href: `/config/policies/${policy.useCase}`,
          fix: null,
          verifications: asked,
        });
      }
    }
    if (plan.steps.length === 0) continue;

    const wantsFallback = route.mode === 'automatic' && route.channels.filter(({ enabled }) => enabled).length > 1;
    if (wantsFallback && steps.length === 1 && (route.fallbackOnFailed || route.fallbackAfterSeconds > 0)) {
      findings.push({
        ...about,
        code: 'fallback_leads_nowhere',
        severity: 'warning',
        field: 'channels',
        said: `${country}: fallback is on, but nothing comes after ${plan.steps[0]?.channel} (${reasonsOf(plan)}).`,
        href: '/config/connections',
        fix: null,
      });
    }
  }
  // Nobody asks for it there: one note for each use case, not one for each of two hundred countries.
  for (const [policy, { countries, reason }] of quiet) {
    const named = countries.slice(0, COUNTRIES_NAMED_MAX).join(', ');
    findings.push({
      code: 'country_without_channel',
      severity: 'note',
      entity: entityKey('policies', policy.useCase),
      field: 'channels',
      useCase: policy.useCase,
      said: `${policy.name}: no channel can carry a code in ${countries.length === 1 ? '1 country' : `${countries.length} countries`} where ${input.traffic === null ? 'it is not known whether anybody asks' : 'nobody asked for one last week'} (${named}${countries.length > COUNTRIES_NAMED_MAX ? ', …' : ''}: ${reason}).`,
      href: null,
      fix: null,
      verifications: input.traffic === null ? null : 0,
    });
  }
  return findings;
}

/** Policies in groups for which every country's plan has the same steps: only channels, texts of their own and binding decide that. */
function shapesOf(world: World): Policy[][] {
  const own = new Set(world.templates.map(({ useCase }) => useCase));
  const shapes = new Map<string, Policy[]>();
  for (const policy of world.policies) {
    const { useCase, channels, bindsTransaction } = policy;
    const key = JSON.stringify([[...channels].sort(), bindsTransaction, own.has(useCase) ? useCase : null]);
    shapes.set(key, [...(shapes.get(key) ?? []), policy]);
  }
  return [...shapes.values()];
}

/** One channel of a route as JSON. */
const entryOf = ({ channel, enabled, connections }: CountryRoute['channels'][number]) => ({
  channel,
  enabled,
  connections: connections.map(({ id, weight }) => ({ id, weight })),
});

function planOf(input: LintInput, world: World, route: CountryRoute, policy: Policy): Plan {
  return planRoute({
    route,
    policy,
    channel: null,
    hasMailAddress: true,
    locales: [],
    brand: '',
    webDomain: null,
    connections: input.connections,
    templates: world.templates,
    draw: 0,
    day: input.day,
  });
}

const SKIP_WORDS: Record<SkipReason, string> = {
  channel_disabled: 'is switched off',
  not_in_policy: 'is not in the policy',
  not_chosen: 'was not chosen',
  no_address: 'has no address',
  no_connection: 'has no connection',
  connection_disabled: 'has its connection switched off',
  no_approved_template: 'has no approved template',
  breaker_open: 'has a provider that is failing',
};
const reasonsOf = (plan: Plan) =>
  [...new Set(plan.skipped.map(({ channel, why }) => `${channel} ${SKIP_WORDS[why]}`))].join(', ') ||
  'the route is empty';

/** A WhatsApp message must die with its code, and say the same minutes; every language that people use needs an approved template. */
function lintTemplates(input: LintInput, world: World): Finding[] {
  const findings: Finding[] = [];
  const whatsapp = input.templates.filter(({ channel, status }) => channel === 'whatsapp' && status === 'approved');
  // The languages of one template share its choices: one finding for all that say the same.
  const told = new Map<string, { name: string; finding: Finding; locales: string[] }>();
  const tell = (
    template: PlanTemplate,
    served: readonly Policy[],
    rest: Pick<Finding, 'code' | 'severity'>,
    said: string,
  ) => {
    const verifications = total(served.map(({ useCase }) => world.sent({ useCase, locale: template.locale })));
    const key = `${rest.code} ${template.connectionId} ${template.providerName} ${said}`;
    const known = told.get(key);
    if (known) {
      known.locales.push(template.locale);
      known.finding.verifications = total([known.finding.verifications, verifications]);
      return;
    }
    const finding: Finding = {
      ...rest,
      said,
      entity: `templates/${template.id}`,
      field: null,
      href: `/config/templates?name=${encodeURIComponent(template.providerName ?? '')}`,
      fix: null,
      verifications,
    };
    told.set(key, { name: template.providerName ?? '', finding, locales: [template.locale] });
  };
  for (const template of whatsapp) {
    const served = world.policies.filter(({ useCase }) =>
      template.useCase === null
        ? !whatsapp.some((other) => other.useCase === useCase && other.connectionId === template.connectionId)
        : template.useCase === useCase,
    );
    const ttl = template.ttlSeconds ?? META_TTL_SECONDS;
    const shorter = served.filter(({ lifetimeSeconds }) => ttl > lifetimeSeconds);
    if (shorter.length > 0) {
      tell(
        template,
        shorter,
        { code: 'message_outlives_code', severity: template.ttlSeconds === null ? 'note' : 'warning' },
        `is delivered for up to ${ttl} s${template.ttlSeconds === null ? ' (Meta’s default)' : ''}, but a code of ${list(shorter.map(({ name }) => name))} lives ${Math.min(...shorter.map(({ lifetimeSeconds }) => lifetimeSeconds))} s: it can arrive dead.`,
      );
    }
    const minutes = template.codeExpirationMinutes;
    const liar = minutes === null ? [] : served.filter((policy) => lifetimeMinutes(policy.lifetimeSeconds) !== minutes);
    if (liar.length > 0) {
      tell(
        template,
        liar,
        { code: 'template_tells_other_minutes', severity: 'warning' },
        `says that the code lives ${minutes} minutes; for ${lifetimesOf(liar)}.`,
      );
    }
  }
  for (const { name, finding, locales } of told.values()) {
    const which = locales.length === 1 ? `${name} (${locales[0]})` : `${name} (${locales.length} languages)`;
    findings.push({ ...finding, said: `${which} ${finding.said}` });
  }

  const locales = new Map<string, number>();
  for (const { locale, verifications } of input.traffic ?? []) {
    locales.set(locale, (locales.get(locale) ?? 0) + verifications);
  }
  for (const channel of ['whatsapp', 'sms'] as const satisfies readonly Channel[]) {
    const available = world.templates
      .filter((template) => template.channel === channel && template.status === 'approved')
      .map(({ locale }) => locale);
    if (available.length === 0) continue;
    for (const [locale, verifications] of locales) {
      if (verifications === 0 || matchLocale([locale], available) !== null) continue;
      findings.push({
        code: 'locale_without_template',
        severity: 'warning',
        entity: `templates/${channel}/${locale}`,
        field: null,
        said: `People are asked in ${languageName(locale)}; ${channel === 'sms' ? 'SMS has no text' : 'WhatsApp has no approved template'} in it.`,
        href:
          channel === 'sms'
            ? `/config/templates/texts/new?locale=${encodeURIComponent(locale)}`
            : `/config/templates/new?missing=${encodeURIComponent(locale)}`,
        fix: null,
        verifications,
      });
    }
  }
  return findings;
}

/** India's operators drop texts that are not registered (TRAI's DLT); an SMS route to India needs the id on its texts. */
function lintTexts(world: World): Finding[] {
  const route = world.rows.has('country:IN') ? resolveRoute(world.rows, 'IN') : null;
  const usesSms =
    route?.mode !== 'blocked' && route?.channels.some(({ channel, enabled }) => channel === 'sms' && enabled);
  const texts = world.texts.filter(([, text]) => text.channel === 'sms');
  if (!usesSms || texts.some(([, text]) => text.dltTemplateId !== null)) return [];
  const first = texts.find(([, { locale }]) => locale === 'en') ?? texts[0];
  return [
    {
      code: 'dlt_missing',
      severity: 'note',
      entity: entityKey('routes', 'country:IN'),
      field: null,
      said: 'India: no SMS text carries a DLT template id. Where your provider does not add it, operators drop the message.',
      href: first ? `/config/templates/texts/${first[0]}` : '/config/templates/texts/new',
      fix: null,
      verifications: world.sent({ country: 'IN' }),
    },
  ];
}

/**
 * One text for each channel, use case and language: with two, which one goes out would be chance. The database cannot
 * refuse it, two people may add the same place, and a language can be edited into one that is taken.
 */
function lintPlaces(world: World): Finding[] {
  const first = new Map<string, string>();
  const findings: Finding[] = [];
  for (const [id, { channel, useCase, locale }] of world.texts.toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const place = `${channel} ${useCase ?? ''} ${locale}`;
    if (!first.has(place)) {
      first.set(place, id);
      continue;
    }
    const name = world.policies.find((policy) => policy.useCase === useCase)?.name ?? useCase;
    findings.push({
      code: 'text_twice',
      severity: 'error',
      entity: entityKey('texts', id),
      field: null,
      said: `${languageName(locale)} has two ${channel === 'sms' ? 'SMS' : 'e-mail'} texts for ${name ?? 'every use case'}: which one goes out would be chance. Change the one that is there, and take the other out.`,
      href: `/config/templates/texts/${id}`,
      fix: null,
      verifications: world.sent({ locale, ...(useCase === null ? {} : { useCase }) }),
    });
  }
  return findings;
}

/** Whoever approves an amount has to be told it (PSD2 calls it dynamic linking); WhatsApp's authentication templates have no place for it. */
function lintTransaction(policy: Policy, world: World): Finding[] {
  if (!policy.bindsTransaction) return [];
  return (['sms', 'email'] as const).flatMap((channel) => {
    const texts = world.texts.filter(([, text]) => text.channel === channel);
    const own = texts.filter(([, { useCase }]) => useCase === policy.useCase);
    const served = own.length > 0 ? own : texts.filter(([, { useCase }]) => useCase === null);
    const silent = served.filter(([, { text }]) => !text.includes('{amount}') || !text.includes('{payee}'));
    const [first] = silent;
    if (!first) return [];
    return [
      {
        code: 'transaction_not_told' as const,
        severity: 'warning' as const,
        entity: entityKey('policies', policy.useCase),
        field: 'bindsTransaction',
        said: `${policy.name} approves an amount and a payee, but ${silent.length === 1 ? 'one' : silent.length} of its ${channel === 'sms' ? 'SMS' : 'e-mail'} texts ${silent.length === 1 ? 'does' : 'do'} not tell them.`,
        href: `/config/templates/texts/${first[0]}`,
        fix: null,
        verifications: world.sent({ useCase: policy.useCase }),
      },
    ];
  });
}

/** `Payment and Withdrawal it is 10, for Level up 3`: use cases that live as long are named together. */
function lifetimesOf(policies: readonly Policy[]): string {
  const names = new Map<number, string[]>();
  for (const { name, lifetimeSeconds } of policies) {
    const minutes = lifetimeMinutes(lifetimeSeconds);
    names.set(minutes, [...(names.get(minutes) ?? []), name]);
  }
  return [...names].map(([minutes, each], at) => `${list(each)}${at === 0 ? ' it is' : ''} ${minutes}`).join(', for ');
}

const list = (names: readonly string[]): string =>
  names.length <= 1 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
const total = (numbers: readonly (number | null)[]): number | null =>
  numbers.some((n) => n === null) ? null : numbers.reduce<number>((sum, n) => sum + (n ?? 0), 0);

const languages = new Intl.DisplayNames('en', { type: 'language' });
const languageName = (locale: string): string => `${languages.of(locale.replace('_', '-')) ?? locale} (${locale})`;
