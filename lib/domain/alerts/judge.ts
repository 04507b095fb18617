import type { Fault, OurReason } from '@/lib/domain/alerts/faults';
import { delayPercentile, type Flow, flowsBy, sumFlows, type UsualCell } from '@/lib/domain/alerts/flows';
import { type AlertKind, type AlertRule, looksAt } from '@/lib/domain/alerts/rules';
import type { Channel } from '@/lib/domain/channel';
import { wilson } from '@/lib/domain/stats/wilson';

/** One number of the evidence. `low` and `high` are the 95 % interval, where it is a share. */
export type Figure = { value: number; n: number; low: number | null; high: number | null };
export type Unit = 'share' | 'ms' | 'micros' | 'messages';

/** What "before" means: the same hour of the four weeks before, or the day before where those had too little. */
export type BaselineName = 'hour_of_week' | 'day_before';
export type Baseline = Readonly<Record<BaselineName, readonly UsualCell[]>>;

/** Something that a rule found. At level `country` it is about a country and a channel, at `connection` about a connection. */
export type Finding = {
  kind: AlertKind;
  ruleId: string;
  level: 'country' | 'connection' | 'template' | 'fault' | 'rule';
  appId: string | null;
  country: string | null;
  channel: Channel | null;
  connectionId: string | null;
  template: string | null;
  unit: Unit;
  now: Figure;
  before: Figure | null;
  baseline: BaselineName | null;
  /** Of `our_fault`: why, where how many failed, and verifications that show it, newest first. */
  fault?: { reason: OurReason; countries: readonly { country: string; n: number }[]; samples: readonly string[] };
};

/** A template in use that its provider does not send. */
export type LostTemplate = { connectionId: string; name: string; locales: readonly string[]; status: string };

export type Evidence = {
  current: readonly Flow[];
  /** Of what the rule looks at, and of nothing else. */
  baseline: Baseline;
  /** Money of the rule's window before, for `spend`; null where nothing is known of then. */
  spentBefore: number | null;
  templates: readonly LostTemplate[];
  /** What fails by our own fault, and goes on. */
  faults: readonly Fault[];
  /** Connections whose provider reports what became of a message. */
  owesReceipts: ReadonlySet<string>;
};

/** What one rule finds in what happened. Test traffic is not among the flows. */
export function judgeRule(rule: AlertRule, evidence: Evidence): Finding[] {
  if (!rule.enabled) return [];
  const current = evidence.current.filter((flow) => looksAt(rule, flow));
  switch (rule.kind) {
    case 'delivery_drop':
      return cellsOf(current.filter(owes(evidence)), (flows, is) => {
        const before = (name: BaselineName) => {
          const usual = evidence.baseline[name].find(is);
          return usual ? deliveryOf(usual) : null;
        };
        return dropped(rule, deliveryOf(sumFlows(flows)), before);
      }).map((found) => ({ ...found, kind: rule.kind, ruleId: rule.id, appId: rule.appId, unit: 'share' }));
    case 'slow_delivery':
      return cellsOf(current.filter(owes(evidence)), (flows, is) => {
        const before = (name: BaselineName) => slownessOf(evidence.baseline[name].find(is)?.delays ?? []);
        return slowed(rule, slownessOf(sumFlows(flows).delays), before);
      }).map((found) => ({ ...found, kind: rule.kind, ruleId: rule.id, appId: rule.appId, unit: 'ms' }));
    case 'unknown_rate':
      return byConnection(rule, current, (flows) => {
        const { unknown, submitted } = sumFlows(flows);
        const share = wilson(unknown, submitted);
        if (!share || submitted < rule.minimumVolume) return null;
        // Surely above, not by chance: the lower end of the interval has to be.
        return share.low > rule.thresholds.share ? figureOf(share) : null;
      }).map((found) => ({ ...found, unit: 'share' as const }));
    case 'webhook_silence':
      return byConnection(rule, current.filter(owes(evidence)), (flows) => {
        const { accepted, heard } = sumFlows(flows);
        if (accepted < rule.minimumVolume || heard > 0) return null;
        return { value: 0, n: accepted, low: null, high: null };
      }).map((found) => ({ ...found, unit: 'messages' as const }));
    case 'spend':
      return overspent(rule, sumFlows(current), evidence.spentBefore);
    case 'template_not_sendable':
      return evidence.templates
        .filter(
          ({ connectionId }) =>
            (rule.connectionId === null || rule.connectionId === connectionId) &&
            (rule.channel === null || rule.channel === 'whatsapp'),
        )
        .map((template) => ({
          kind: rule.kind,
          ruleId: rule.id,
          level: 'template',
          appId: null,
          country: null,
          channel: 'whatsapp',
          connectionId: template.connectionId,
          template: `${template.name} (${template.locales.join(', ')}): ${template.status}`,
          unit: 'messages',
          now: { value: template.locales.length, n: template.locales.length, low: null, high: null },
          before: null,
          baseline: null,
        }));
    case 'our_fault':
      return faulty(rule, evidence.faults);
  }
}

const owes =
  ({ owesReceipts }: Evidence) =>
  (flow: Flow) =>
    owesReceipts.has(flow.connectionId);

/** Each connection and reason: two at once are two things to repair. */
function faulty(rule: AlertRule, faults: readonly Fault[]): Finding[] {
  const found = new Map<string, Fault[]>();
  for (const fault of faults) {
    if (!looksAt(rule, fault)) continue;
    const key = `${fault.connectionId} ${fault.reason}`;
    found.set(key, [...(found.get(key) ?? []), fault]);
  }
  return [...found.values()].flatMap((own): Finding[] => {
    const [first] = own;
    const n = own.reduce((sum, fault) => sum + fault.n, 0);
    if (!first || n < rule.minimumVolume) return [];
    const newest = [...own].sort((a, b) => b.lastAt.getTime() - a.lastAt.getTime());
    return [
      {
        kind: rule.kind,
        ruleId: rule.id,
        level: 'fault',
        appId: rule.appId,
        country: rule.country,
        channel: own.every(({ channel }) => channel === first.channel) ? first.channel : null,
        connectionId: first.connectionId,
        template: first.reason === 'template_unavailable' ? templateWords(own) : null,
        unit: 'messages',
        now: { value: n, n, low: null, high: null },
        before: null,
        baseline: null,
        fault: {
          reason: first.reason,
          countries: countriesOf(own),
          samples: [...new Set(newest.flatMap(({ samples }) => samples))].slice(0, 5),
        },
      },
    ];
  });
}

/** `otp_v1 (id, pt_BR)`; null where there are several. */
function templateWords(faults: readonly Fault[]): string | null {
  const [name, ...others] = new Set(faults.map(({ template }) => template));
  if (name === undefined || others.length > 0) return null;
  return `${name} (${[...new Set(faults.map(({ locale }) => locale))].sort().join(', ')})`;
}

function countriesOf(faults: readonly Fault[]): { country: string; n: number }[] {
  const sums = new Map<string, number>();
  for (const { country, n } of faults) sums.set(country, (sums.get(country) ?? 0) + n);
  return [...sums]
    .map(([country, n]) => ({ country, n }))
    .sort((a, b) => b.n - a.n || (a.country < b.country ? -1 : 1));
}

type Judged = { now: Figure; before: Figure | null; baseline: BaselineName | null };

/** Judges each country with its channel, and each connection. `is` tells what was usual of the same cell. */
function cellsOf(
  flows: readonly Flow[],
  judge: (flows: readonly Flow[], is: (cell: UsualCell) => boolean) => Judged | null,
): (Pick<Finding, 'level' | 'country' | 'channel' | 'connectionId' | 'template'> & Judged)[] {
  const countries = [...flowsBy(flows, (flow) => `${flow.country} ${flow.channel}`).values()].flatMap((cell) => {
    const [first] = cell;
    if (!first) return [];
    const judged = judge(cell, (usual) => usual.country === first.country && usual.channel === first.channel);
    const at = { country: first.country, channel: first.channel, connectionId: null, template: null };
    return judged ? [{ level: 'country' as const, ...at, ...judged }] : [];
  });
  const connections = [...flowsBy(flows, (flow) => `${flow.connectionId} ${flow.channel}`).values()].flatMap((cell) => {
    const [first] = cell;
    if (!first) return [];
    const judged = judge(cell, (usual) => usual.connectionId === first.connectionId && usual.channel === first.channel);
    const at = { country: null, channel: first.channel, connectionId: first.connectionId, template: null };
    return judged ? [{ level: 'connection' as const, ...at, ...judged }] : [];
  });
  return [...countries, ...connections];
}

function byConnection(
  rule: AlertRule,
  flows: readonly Flow[],
  judge: (flows: readonly Flow[]) => Figure | null,
): Omit<Finding, 'unit'>[] {
  return [...flowsBy(flows, (flow) => `${flow.connectionId} ${flow.channel}`).values()].flatMap((cell) => {
    const [first] = cell;
    const now = first && judge(cell);
    if (!first || !now) return [];
    return [
      {
        kind: rule.kind,
        ruleId: rule.id,
        level: 'connection' as const,
        appId: rule.appId,
        country: null,
        channel: first.channel,
        connectionId: first.connectionId,
        template: null,
        now,
        before: null,
        baseline: null,
      },
    ];
  });
}

const figureOf = ({ share, n, low, high }: { share: number; n: number; low: number; high: number }): Figure => ({
  value: share,
  n,
  low,
  high,
});

/** Of what the provider answered, not only of what it took: a provider that refuses everything would have no delivery rate at all. */
function deliveryOf({ delivered, answered }: Pick<Flow, 'delivered' | 'answered'>): Figure | null {
  const share = wilson(Math.min(delivered, answered), answered);
  return share && figureOf(share);
}

function slownessOf(delays: Iterable<readonly [bucket: number, n: number]>): Figure | null {
  const p90 = delayPercentile(new Map(delays), 0.9);
  return p90 && { value: p90.ms, n: p90.n, low: null, high: null };
}

/** The baseline to compare with: the same hour of the week where it has enough, else the day before. */
function enough(
  minimum: number,
  before: (name: BaselineName) => Figure | null,
): { figure: Figure; name: BaselineName } | null {
  for (const name of ['hour_of_week', 'day_before'] as const) {
    const figure = before(name);
    if (figure && figure.n >= minimum) return { figure, name };
  }
  return null;
}

function dropped(
  rule: Extract<AlertRule, { kind: 'delivery_drop' }>,
  now: Figure | null,
  before: (name: BaselineName) => Figure | null,
): Judged | null {
  if (!now || now.n < rule.minimumVolume) return null;
  const known = enough(rule.minimumVolume, before);
  if (!known) return null;
  const { figure } = known;
  const drop = figure.value - now.value;
  const isFar = drop >= rule.thresholds.dropPoints && drop >= rule.thresholds.dropShare * figure.value;
  // Intervals that do not overlap: stricter than a test of the difference, and it can be seen on the page.
  const isSure = (now.high ?? 1) < (figure.low ?? 0);
  return isFar && isSure ? { now, before: figure, baseline: known.name } : null;
}

function slowed(
  rule: Extract<AlertRule, { kind: 'slow_delivery' }>,
  now: Figure | null,
  before: (name: BaselineName) => Figure | null,
): Judged | null {
  if (!now || now.n < rule.minimumVolume) return null;
  const known = enough(rule.minimumVolume, before);
  const { p90Ms, factor } = rule.thresholds;
  const isOver = p90Ms !== null && now.value > p90Ms;
  const isGrown = factor !== null && known !== null && now.value > factor * known.figure.value;
  return isOver || isGrown ? { now, before: known?.figure ?? null, baseline: known?.name ?? null } : null;
}

function overspent(
  rule: Extract<AlertRule, { kind: 'spend' }>,
  { costMicros, submitted }: Pick<Flow, 'costMicros' | 'submitted'>,
  spentBefore: number | null,
): Finding[] {
  if (submitted < rule.minimumVolume) return [];
  const { limitMicros, factor } = rule.thresholds;
  const isOver = limitMicros !== null && costMicros > limitMicros;
  const isGrown = factor !== null && spentBefore !== null && spentBefore > 0 && costMicros > factor * spentBefore;
  if (!isOver && !isGrown) return [];
  return [
    {
      kind: rule.kind,
      ruleId: rule.id,
      level: 'rule',
      appId: rule.appId,
      country: rule.country,
      channel: rule.channel,
      connectionId: rule.connectionId,
      template: null,
      unit: 'micros',
      now: { value: costMicros, n: submitted, low: null, high: null },
      before: spentBefore === null ? null : { value: spentBefore, n: 0, low: null, high: null },
      baseline: spentBefore === null ? null : 'day_before',
    },
  ];
}
