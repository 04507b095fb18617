import { type OurReason, STOPS_ALL } from '@/lib/domain/alerts/faults';
import { type Flow, flowsBy } from '@/lib/domain/alerts/flows';
import type { BaselineName, Figure, Finding, Unit } from '@/lib/domain/alerts/judge';
import type { AlertKind, Severity } from '@/lib/domain/alerts/rules';
import type { Channel } from '@/lib/domain/channel';

/** What an alert is about. */
export type AlertScope = {
  appId: string | null;
  connectionId: string | null;
  channel: Channel | null;
  countries: readonly string[];
  template: string | null;
  /** Of `our_fault` alone: why. */
  reason?: OurReason;
};

/** The template of a scope by the name that messages have; the scope names its languages with it. Null: it is of none. */
export const templateOf = ({ template }: Pick<AlertScope, 'template'>): string | null =>
  template?.split(' ')[0] ?? null;
const localesOf = ({ template }: Pick<AlertScope, 'template'>): string[] =>
  template?.match(/\(([^)]*)\)/)?.[1]?.split(', ') ?? [];

export type AffectedCountry = { country: string; now: Figure; before: Figure | null };

/** One cause, however many rules and countries show it. */
export type Cause = {
  fingerprint: string;
  kind: AlertKind;
  ruleId: string | null;
  /** Every rule that found it, `ruleId` among them. */
  foundBy: readonly string[];
  severity: Severity;
  scope: AlertScope;
  unit: Unit;
  now: Figure;
  before: Figure | null;
  baseline: BaselineName | null;
  affected: readonly AffectedCountry[];
  /** Verifications that show it, where they were found with it. */
  samples?: readonly string[];
};

/** A country's messages belong to a connection that carries at least this share of them. */
const CARRIES_SHARE = 2 / 3;

/**
 * Many findings, few causes. Where several countries of one connection are affected, it is the connection; where one is, it is that
 * country, even if it is so large that the connection's own figures fell with it. A connection of which nothing is heard explains by
 * itself that nothing is delivered, and a template that cannot be sent that it was refused.
 *
 * @param open fingerprints of the alerts that are open: a connection's alert stays the connection's while any of its countries is
 * affected, so that an outage that ends country by country does not break up into many alerts.
 */
export function causesOf(
  findings: readonly Finding[],
  flows: readonly Flow[],
  open: ReadonlySet<string> = new Set(),
): Cause[] {
  const causes = [
    ...findings.filter(({ level }) => level === 'template' || level === 'rule').map(plainCause),
    ...findings.filter(({ level }) => level === 'fault').map(faultCause),
    ...findings
      .filter(({ kind }) => kind === 'unknown_rate' || kind === 'webhook_silence')
      .map((finding): Cause => ({ ...plainCause(finding), affected: countriesOf(finding, flows) })),
    ...(['delivery_drop', 'slow_delivery'] as const).flatMap((kind) =>
      placeCauses(
        findings.filter((finding) => finding.kind === kind),
        flows,
        open,
      ),
    ),
  ];
  const silent = new Set(
    causes.flatMap(({ kind, scope }) => (kind === 'webhook_silence' && scope.connectionId ? [scope.connectionId] : [])),
  );
  const isExplained = (cause: Cause) => {
    if (cause.kind === 'our_fault') return causes.some((other) => isOfLostTemplate(cause, other));
    if (cause.kind !== 'delivery_drop' && cause.kind !== 'slow_delivery') return false;
    if (cause.scope.connectionId !== null) return silent.has(cause.scope.connectionId);
    const owner = ownerOf(cause.scope.countries[0] ?? '', cause.scope.channel, flows);
    return owner !== null && silent.has(owner);
  };
  return unique(causes.filter((cause) => !isExplained(cause)));
}

/** The same cause found by two rules is one; the first rule speaks for it, and it says who else found it. */
function unique(causes: readonly Cause[]): Cause[] {
  const found = new Map<string, Cause>();
  for (const cause of causes) {
    const first = found.get(cause.fingerprint);
    const foundBy = [...new Set([...(first?.foundBy ?? []), ...cause.foundBy])];
    found.set(cause.fingerprint, { ...(first ?? cause), foundBy });
  }
  return [...found.values()];
}

function plainCause(finding: Finding): Cause {
  const { kind, ruleId, connectionId, channel, country, appId, template, unit, now, before, baseline } = finding;
  const place =
    finding.level === 'rule'
      ? `rule:${ruleId}`
      : finding.level === 'template'
        ? `template:${connectionId}:${templateOf(finding)}`
        : placeOf(finding);
  return {
    fingerprint: fingerprintOf(kind, place, appId),
    kind,
    ruleId,
    foundBy: [ruleId],
    severity: kind === 'webhook_silence' || kind === 'unknown_rate' ? 'critical' : 'warning',
    scope: { appId, connectionId, channel, countries: country === null ? [] : [country], template },
    unit,
    now,
    before,
    baseline,
    affected: country === null ? [] : [{ country, now, before }],
  };
}

function faultCause(finding: Finding): Cause {
  const { connectionId, appId, country, now, fault } = finding;
  const cause = plainCause(finding);
  if (!fault) return cause;
  const { reason, countries, samples } = fault;
  // An account that may not send to a country is about that country; the others are about the connection, wherever it sends.
  const places = reason === 'country_not_allowed' ? countries.map((one) => one.country) : country ? [country] : [];
  return {
    ...cause,
    fingerprint: fingerprintOf(finding.kind, `connection:${connectionId}:${reason}`, appId),
    severity: STOPS_ALL.has(reason) ? 'critical' : 'warning',
    scope: { ...cause.scope, countries: places, reason },
    affected: countries.map((one) => ({
      country: one.country,
      now: { ...now, value: one.n, n: one.n },
      before: null,
    })),
    samples,
  };
}

/** True where a template that its provider does not send is why messages are refused: its own alert says so. */
function isOfLostTemplate(
  fault: { kind: string; scope: AlertScope },
  lost: { kind: string; scope: AlertScope },
): boolean {
  const { scope } = fault;
  if (fault.kind !== 'our_fault' || lost.kind !== 'template_not_sendable' || scope.template === null) return false;
  const locales = localesOf(lost.scope);
  return (
    scope.connectionId === lost.scope.connectionId &&
    templateOf(scope) === templateOf(lost.scope) &&
    localesOf(scope).every((locale) => locales.includes(locale))
  );
}

const fingerprintOf = (kind: AlertKind, place: string, appId: string | null) =>
  `${kind}/${place}${appId === null ? '' : `/app:${appId}`}`;
const placeOf = ({ level, country, channel, connectionId }: Finding) =>
  level === 'country' ? `country:${country}:${channel}` : `connection:${connectionId}:${channel}`;

function placeCauses(all: readonly Finding[], flows: readonly Flow[], open: ReadonlySet<string>): Cause[] {
  // A place that two rules find counts once: one country is not several, and makes no connection's cause.
  const idOf = (finding: Finding) => fingerprintOf(finding.kind, placeOf(finding), finding.appId);
  const findings = all.filter((finding, n) => all.findIndex((each) => idOf(each) === idOf(finding)) === n);
  const foundBy = (parts: readonly Finding[]) => {
    const ids = new Set(parts.map(idOf));
    return [...new Set(all.filter((finding) => ids.has(idOf(finding))).map(({ ruleId }) => ruleId))];
  };
  const countries = findings.filter(({ level }) => level === 'country');
  const connections = findings.filter(({ level }) => level === 'connection');
  const owned = new Map<string, Finding[]>();
  const alone: Finding[] = [];
  for (const finding of countries) {
    const owner = ownerOf(finding.country ?? '', finding.channel, flows);
    if (owner === null) alone.push(finding);
    else owned.set(keyOf(owner, finding), [...(owned.get(keyOf(owner, finding)) ?? []), finding]);
  }
  const ofCountry = (finding: Finding) => ({ ...countryCause(finding), foundBy: foundBy([finding]) });
  const causes: Cause[] = alone.map(ofCountry);
  const judged = new Set<string>();
  for (const [key, own] of owned) {
    const connectionId = key.split(' ')[0] ?? '';
    const found = connections.find((finding) => keyOf(finding.connectionId ?? '', finding) === key);
    const [first] = own;
    if (!first) continue;
    const asConnection: Finding = found ?? { ...worst(own), level: 'connection', country: null, connectionId };
    const fingerprint = fingerprintOf(asConnection.kind, placeOf(asConnection), asConnection.appId);
    const served = countriesServed(connectionId, first.channel, flows);
    const isConnection = open.has(fingerprint) || own.length >= 3 || (own.length >= 2 && own.length * 2 >= served);
    judged.add(key);
    if (isConnection)
      causes.push({ ...connectionCause(asConnection, own, flows), foundBy: foundBy([asConnection, ...own]) });
    else causes.push(...own.map(ofCountry));
  }
  for (const finding of connections) {
    if (judged.has(keyOf(finding.connectionId ?? '', finding))) continue;
    // Spread so thinly that no country shows it by itself, or shared with others there.
    const isTold = alone.some(
      ({ country, channel }) =>
        channel === finding.channel &&
        flows.some(
          (flow) => flow.country === country && flow.channel === channel && flow.connectionId === finding.connectionId,
        ),
    );
    if (!isTold) causes.push({ ...connectionCause(finding, [], flows), foundBy: foundBy([finding]) });
  }
  return causes;
}

const keyOf = (connectionId: string, { channel, appId }: Finding) => `${connectionId} ${channel} ${appId ?? ''}`;

/** The connection that carries a country's messages of a channel; null where several share them. */
export function ownerOf(country: string, channel: Channel | null, flows: readonly Flow[]): string | null {
  const here = flows.filter((flow) => flow.country === country && flow.channel === channel);
  const all = here.reduce((sum, { submitted }) => sum + submitted, 0);
  for (const [connectionId, own] of flowsBy(here, (flow) => flow.connectionId)) {
    if (own.reduce((sum, { submitted }) => sum + submitted, 0) >= CARRIES_SHARE * all) return connectionId;
  }
  return null;
}

/** Countries that a connection carries at least a handful of messages in. */
function countriesServed(connectionId: string, channel: Channel | null, flows: readonly Flow[]): number {
  const own = flows.filter((flow) => flow.connectionId === connectionId && flow.channel === channel);
  return flowsBy(own, ({ country }) => country).size;
}

const worst = (findings: readonly Finding[]): Finding =>
  findings.reduce((found, finding) => (gapOf(finding) > gapOf(found) ? finding : found));
const gapOf = ({ now, before }: Finding) => Math.abs((before?.value ?? 0) - now.value) * Math.sqrt(now.n);

const isHalved = ({ unit, now, before }: Finding) =>
  before !== null && (unit === 'share' ? now.value < before.value / 2 : now.value > before.value * 4);

function countryCause(finding: Finding): Cause {
  return { ...plainCause(finding), severity: isHalved(finding) ? 'critical' : 'warning' };
}

function connectionCause(finding: Finding, countries: readonly Finding[], flows: readonly Flow[]): Cause {
  const affected =
    countries.length > 0
      ? countries
          .map(({ country, now, before }) => ({ country: country ?? '', now, before }))
          .sort((a, b) => b.now.n - a.now.n || (a.country < b.country ? -1 : 1))
      : countriesOf(finding, flows);
  const cause = plainCause(finding);
  return {
    ...cause,
    severity: isHalved(finding) || countries.length >= 3 ? 'critical' : 'warning',
    scope: { ...cause.scope, countries: affected.map(({ country }) => country) },
    affected,
  };
}

/** Where a connection's messages went, most of them first. */
function countriesOf({ connectionId, channel }: Finding, flows: readonly Flow[]): AffectedCountry[] {
  const own = flows.filter((flow) => flow.connectionId === connectionId && flow.channel === channel);
  return [...flowsBy(own, ({ country }) => country)]
    .map(([country, cell]) => {
      const n = cell.reduce((sum, { submitted }) => sum + submitted, 0);
      const lost = cell.reduce((sum, { unknown }) => sum + unknown, 0);
      return { country, now: { value: n === 0 ? 0 : lost / n, n, low: null, high: null }, before: null };
    })
    .sort((a, b) => b.now.n - a.now.n || (a.country < b.country ? -1 : 1))
    .slice(0, 20);
}

/** True when an open alert's cause is contained in another one: it has not ended, it has become part of something larger. */
export function isPartOf(alert: { kind: string; scope: AlertScope }, cause: Pick<Cause, 'kind' | 'scope'>): boolean {
  if (alert.kind === 'our_fault') return isOfLostTemplate(alert, cause);
  const isSameKind =
    alert.kind === cause.kind ||
    (cause.kind === 'webhook_silence' && (alert.kind === 'delivery_drop' || alert.kind === 'slow_delivery'));
  if (!isSameKind || alert.scope.channel !== cause.scope.channel) return false;
  if (alert.scope.connectionId !== null) {
    return alert.kind !== cause.kind && alert.scope.connectionId === cause.scope.connectionId;
  }
  const [country] = alert.scope.countries;
  return cause.scope.connectionId !== null && country !== undefined && cause.scope.countries.includes(country);
}
