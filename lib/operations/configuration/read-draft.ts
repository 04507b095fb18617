import { database } from '@/lib/db/client';
import { findDraft, findHeadVersion, findLiveEntities, type Impact } from '@/lib/db/configuration-versions';
import type { Actor } from '@/lib/domain/actor';
import {
  type Change,
  type Conflict,
  changesOf,
  type DraftEntities,
  type Entities,
  rebase,
  withDraft,
} from '@/lib/domain/configuration/entities';
import { type Finding, isKnownFinding } from '@/lib/domain/configuration/lint';
import { permit } from '@/lib/domain/permissions';
import { digestOf } from '@/lib/operations/configuration/conflicts-seen';
import { findingsOf, impactOf, readSurroundings } from '@/lib/operations/configuration/judge';

export type DraftView = {
  /** The version that is live. */
  head: number;
  live: Entities;
  draft: DraftEntities;
  /** 0: no draft. */
  revision: number;
  changes: Change[];
  conflicts: Conflict[];
  /** Which conflicts these are, and what is live in them: whoever settles them sends it along. */
  conflictsSeen: string;
};

/**
 * configuration.read_draft: what is live, the person's own draft carried over to it, what it would change, and where
 * somebody else changed the same meanwhile. Whoever has no draft (or may not have one) sees what is live.
 */
export async function readDraft(actor: Actor): Promise<DraftView> {
  permit(actor, 'config:read');
  const userId = actor.kind === 'user' ? actor.userId : null;
  const [live, row, head] = await Promise.all([
    findLiveEntities(database()),
    userId ? findDraft(database(), userId) : null,
    findHeadVersion(database()),
  ]);
  const { draft, conflicts } = rebase(row?.base ?? {}, row?.entities ?? {}, live);
  return {
    head,
    live,
    draft,
    revision: row?.revision ?? 0,
    changes: changesOf(live, draft),
    conflicts,
    conflictsSeen: digestOf(conflicts),
  };
}

export type DraftJudgement = {
  /** Findings of the configuration with the draft taken over. */
  findings: Finding[];
  /** Those of them that what is live does not have: its errors stop a publish. */
  brought: ReadonlySet<Finding>;
  impact: Impact & { isKnown: boolean };
};

/** configuration.judge_draft: what the draft would touch of last week's traffic, and what would go wrong under it. */
export async function judgeDraft(actor: Actor, view: DraftView): Promise<DraftJudgement> {
  permit(actor, 'config:read');
  const around = await readSurroundings();
  const before = findingsOf(view.live, around);
  const findings = findingsOf(withDraft(view.live, view.draft), around);
  const brought = new Set(findings.filter((finding) => !isKnownFinding(before, finding)));
  return { findings, brought, impact: impactOf(view.changes, view.live, around) };
}

/** What a form calls a finding, which is looked for again when the form comes back. */
export const findingKey = ({ code, entity, field, said }: Finding): string =>
  `${code} ${entity} ${field ?? ''} ${said}`;

/** configuration.readiness: what would fail tonight, under what is live. */
export async function findReadiness(actor: Actor): Promise<Finding[]> {
  permit(actor, 'config:read');
  const [live, around] = await Promise.all([findLiveEntities(database()), readSurroundings()]);
  return findingsOf(live, around);
}
