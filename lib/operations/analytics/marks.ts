import { findAlertsBetween } from '@/lib/db/alerts';
import { incidentsBetween, templateChangesBetween, versionsBetween } from '@/lib/db/analytics/marks';
import { database } from '@/lib/db/client';
import { findOverridesBetween, type OverrideRow } from '@/lib/db/overrides';
import type { Actor } from '@/lib/domain/actor';
import { permit } from '@/lib/domain/permissions';
import { publicId } from '@/lib/ids';
import { namesOf } from '@/lib/operations/alerts/names';
import { currentConfiguration } from '@/lib/operations/configuration/snapshot';

/** Something that happened while a chart's line moved. `until` null: a moment, or not over yet. */
export type ChartMark = {
  at: Date;
  until: Date | null;
  kind: 'publish' | 'template' | 'incident' | 'override' | 'alert';
  title: string;
  href: string;
};

const MARKS_MAX = 200;

/** analytics.marks: publishes, changes of templates' states, incidents, overrides and alerts of a range, oldest first; the newest 200 at most. */
export async function chartMarks(actor: Actor, range: { from: Date; to: Date }): Promise<ChartMark[]> {
  permit(actor, 'analytics:read');
  const { from, to } = range;
  const [versions, templates, incidents, overrides, alerts, configuration] = await Promise.all([
    versionsBetween(database(), from, to, MARKS_MAX),
    templateChangesBetween(database(), from, to, MARKS_MAX),
    incidentsBetween(database(), from, to, MARKS_MAX),
    findOverridesBetween(database(), from, to, MARKS_MAX),
    findAlertsBetween(database(), from, to, MARKS_MAX),
    currentConfiguration(),
  ]);
  const names = namesOf(configuration);
  const marks: ChartMark[] = [
    ...versions.map(
      ({ version, at, note }): ChartMark => ({
        at,
        until: null,
        kind: 'publish',
        title: `Version ${version}: ${note}`,
        href: `/config/changes/${version}`,
      }),
    ),
    ...templates.map(
      ({ at, name, locale, before, after }): ChartMark => ({
        at,
        until: null,
        kind: 'template',
        title: `${name} (${locale}): ${before} → ${after}`,
        href: `/config/templates?name=${encodeURIComponent(name)}`,
      }),
    ),
    ...incidents.map(
      ({ openedAt, endedAt }): ChartMark => ({
        at: openedAt,
        until: endedAt,
        kind: 'incident',
        title: 'Receipts fell silent: timers for silence rested',
        href: '/alerts',
      }),
    ),
    ...together(overrides).map(
      ({ countries, first, until }): ChartMark => ({
        at: first.startedAt,
        until,
        kind: 'override',
        title: `Fallback first in ${countries.length === 1 ? names.country(first.country) : `${countries.length} countries`}: ${first.reason}`,
        href: countries.length === 1 ? `/config/countries/${first.country}` : '/alerts',
      }),
    ),
    ...alerts.map(
      (alert): ChartMark => ({
        at: alert.openedAt,
        until: alert.resolvedAt,
        kind: 'alert',
        title: alert.cause,
        href: `/alerts/${publicId('alert', alert.id)}`,
      }),
    ),
  ];
  return marks.sort((a, b) => a.at.getTime() - b.at.getTime()).slice(-MARKS_MAX);
}

/** What was started in one act is one mark. */
function together(rows: readonly OverrideRow[]): { countries: string[]; first: OverrideRow; until: Date }[] {
  const acts = new Map<string, { countries: string[]; first: OverrideRow; until: Date }>();
  for (const row of rows) {
    const until = row.endedAt ?? row.until;
    const key = `${row.startedAt.getTime()} ${until.getTime()} ${row.reason}`;
    const act = acts.get(key);
    if (act) act.countries.push(row.country);
    else acts.set(key, { countries: [row.country], first: row, until });
  }
  return [...acts.values()];
}
