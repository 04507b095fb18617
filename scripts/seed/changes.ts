import { insertAudit } from '@/lib/db/audit';
import { type Db, type Statement, transact } from '@/lib/db/client';
import {
  findLiveEntities,
  holdPublishLock,
  type Impact,
  insertVersion,
  putLiveEntities,
} from '@/lib/db/configuration-versions';
import { setTemplateStatus } from '@/lib/db/templates';
import type { Actor, Role } from '@/lib/domain/actor';
import type { LostTemplate } from '@/lib/domain/alerts/judge';
import {
  type Change,
  changesOf,
  type DraftEntities,
  type Entities,
  pathOf,
  withDraft,
} from '@/lib/domain/configuration/entities';
import { touchedBy, touches } from '@/lib/domain/configuration/touched';
import { type Configuration, reloadConfiguration } from '@/lib/operations/configuration/snapshot';
import type { Era, Eras } from './eras';
import { overrideBefore } from './incidents';
import type { Journal } from './journal';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Fields of one entity that somebody changed, and why. */
type Publish = {
  daysAgo: number;
  minuteOfDay: number;
  note: string;
  entity: string;
  fields: { [field: string]: number };
};

/** Oldest first. What history is sent under follows them: eras.ts. */
const PUBLISHES: readonly Publish[] = [
  {
    daysAgo: 38,
    minuteOfDay: 10 * 60 + 20,
    note: 'Indonesia: wait 45 s before the SMS. Too many WhatsApp messages came right after it',
    entity: 'routes/country:ID',
    fields: { fallbackAfterSeconds: 45 },
  },
  {
    daysAgo: 26,
    minuteOfDay: 15 * 60 + 5,
    note: 'Withdrawals: three checks instead of five, as the auditors asked',
    entity: 'policies/withdrawal',
    fields: { checksMax: 3 },
  },
  {
    daysAgo: 13,
    minuteOfDay: 8 * 60 + 40,
    note: 'Uzbekistan: at most 150 codes a day, after last night’s burst of registrations nobody entered',
    entity: 'routes/country:UZ',
    fields: { sendsPerDayMax: 150 },
  },
];

/** Meta takes one language of a template out for a morning. */
const PAUSE = {
  name: 'otp_code_10_minutes',
  locale: 'id',
  reason: 'Paused for 3 hours: people reported or blocked it',
  daysAgo: 17,
  minuteOfDay: 9 * 60 + 10,
  lastsMinutes: 3 * 60,
} as const;

export function pauseBefore(now: number): { from: number; to: number } {
  const from = momentOf(now, PAUSE);
  return { from, to: from + PAUSE.lastsMinutes * MINUTE };
}

const momentOf = (now: number, { daysAgo, minuteOfDay }: { daysAgo: number; minuteOfDay: number }) =>
  Math.floor(now / DAY) * DAY - daysAgo * DAY + minuteOfDay * MINUTE;

type Published = { at: number; note: string; changes: Change[]; live: Entities; document: Entities };

/** What people and providers changed in sixty days, and what was live in between. */
export type Changes = {
  eras: Eras;
  published: readonly Published[];
  override: Era['overrides'][number];
  lost: readonly { from: number; to: number; template: LostTemplate }[];
};

/**
 * Makes every change by the statements that a publish and a callback use, one after the other, and keeps a snapshot of what is live
 * after each. Their moments are written down when history is: `writeVersions`, and here for the template, whose trigger knows only now.
 */
export async function makeChanges(now: number, metaId: string): Promise<Changes> {
  const override = overrideBefore(now);
  const eras: [Era, ...Era[]] = [eraOf(0, await reloadConfiguration(), override)];
  const published: Published[] = [];
  const pause = pauseBefore(now);
  const steps = [
    ...PUBLISHES.map((publish) => {
      const at = momentOf(now, publish);
      return { at, run: async () => void published.push(await publishAt(at, publish)) };
    }),
    { at: pause.from, run: () => turnTemplate(metaId, 'paused', PAUSE.reason, pause.from) },
    { at: pause.to, run: () => turnTemplate(metaId, 'approved', null, pause.to) },
  ].sort((a, b) => a.at - b.at);
  for (const { at, run } of steps) {
    await run();
    eras.push(eraOf(at, await reloadConfiguration(), override));
  }
  return { eras, published, override, lost: [lossOf(metaId, now)] };
}

/** The paused template as alerts see it. */
export function lossOf(connectionId: string, now: number): Changes['lost'][number] {
  const { name, locale } = PAUSE;
  return { ...pauseBefore(now), template: { connectionId, name, locales: [locale], status: 'paused' } };
}

const eraOf = (from: number, configuration: Configuration, override: Era['overrides'][number]): Era => ({
  from,
  configuration,
  overrides: [override],
});

async function publishAt(at: number, { entity, fields, note }: Publish): Promise<Published> {
  return transact(async (tx) => {
    await holdPublishLock(tx);
    const live = await findLiveEntities(tx);
    const draft: DraftEntities = { [entity]: { ...live[entity], ...fields } };
    await putLiveEntities(tx, draft);
    return { at, note, changes: changesOf(live, draft), live, document: withDraft(live, draft) };
  });
}

const REDATE: Statement = {
  name: 'seed_redate_template_changes',
  text: 'UPDATE template_change SET at = $1 WHERE at = now()::timestamptz(3)',
};

async function turnTemplate(connectionId: string, status: string, reason: string | null, at: number): Promise<void> {
  const { name, locale } = PAUSE;
  await transact(async (tx) => {
    await setTemplateStatus(tx, { connectionId, name, language: locale, status, reason, at: new Date(at) });
    await tx.query(REDATE, [new Date(at)]);
  });
}

/** Writes the versions, each at its moment and with what it touched of the seven days before. */
export async function writeVersions(tx: Db, { published }: Changes, journal: Journal): Promise<void> {
  const actor = await personOf(tx, 'admin');
  for (const { at: moment, note, changes, live, document } of published) {
    const at = new Date(moment);
    const impact = impactOf(changes, live, journal, moment);
    const version = await insertVersion(tx, { actor, note, changes, document, impact, rollsBackTo: null, at });
    await insertAudit(tx, {
      actor,
      action: 'configuration.publish',
      targetId: `version ${version}`,
      detail: {
        version,
        note,
        changes: changes.map((change) => ({ path: pathOf(change), before: change.before, after: change.after })),
        changes_total: changes.length,
      },
      at,
    });
  }
}

/** lib/operations/configuration/judge.ts, as of then. */
function impactOf(
  changes: readonly Change[],
  live: Entities,
  journal: Journal,
  at: number,
): Impact & { isKnown: boolean } {
  const touched = touchedBy(changes, live);
  const asked = journal.askedBetween(at - 7 * DAY, at).filter((one) => touches(touched, one));
  return {
    isKnown: true,
    verifications: asked.length,
    costMicros: asked.reduce((sum, { costMicros }) => sum + costMicros, 0),
    countries: touched.countries === 'all' ? ['all'] : touched.countries,
    useCases: touched.useCases === 'all' ? ['all'] : touched.useCases,
  };
}

const PERSON: Statement = {
  name: 'seed_person',
  text: 'SELECT id, email, name FROM console_user WHERE role = $1 ORDER BY created_at LIMIT 1',
};

/** The seeded person of a role. */
export async function personOf(tx: Db, role: Role): Promise<Extract<Actor, { kind: 'user' }>> {
  const [row] = await tx.query<{ id: string; email: string; name: string }>(PERSON, [role]);
  if (!row) throw new Error(`nobody is ${role}`);
  return { kind: 'user', userId: row.id, email: row.email, name: row.name, role };
}
