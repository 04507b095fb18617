import type { Policy } from '@/lib/domain/policy/policy';
import type { RouteChannel, RouteRow } from '@/lib/domain/routing/country-route';

/** What JSON can hold: entities travel as JSON between form, draft, version and table. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json | undefined };

/** What one scope says about its route (key `routes/country:BR`). Null inherits. */
export type RouteEntity = Omit<RouteRow, 'scope'> & { coverageSource: string | null };
/** The rules of one use case (key `policies/login`). */
export type PolicyEntity = Omit<Policy, 'useCase'>;
/** One language of an SMS or e-mail text (key `texts/<uuid>`). */
export type TextEntity = {
  channel: 'sms' | 'email';
  /** Null: serves every use case that has no text of its own. */
  useCase: string | null;
  locale: string;
  text: string;
  /** E-mail only. */
  subject: string | null;
  /** India: the id under which the operators know this text. */
  dltTemplateId: string | null;
};
/** Sends per number, prefix and address (key `limits/global`). */
export type LimitsEntity = {
  numberPer10Minutes: number;
  numberPerDay: number;
  prefixPerHour: number;
  ipPerHour: number;
};

export type EntityOf = { routes: RouteEntity; policies: PolicyEntity; texts: TextEntity; limits: LimitsEntity };
export type EntityKind = keyof EntityOf;
export const ENTITY_KINDS = ['routes', 'policies', 'texts', 'limits'] as const satisfies readonly EntityKind[];

/** One entity as fields, whatever its kind. */
export type Entity = { readonly [field: string]: Json };
/** Everything that is steered, by key `<kind>/<id>`. */
export type Entities = { readonly [key: string]: Entity };
/** What somebody wants to be different: whole entities, null to delete one. */
export type DraftEntities = { readonly [key: string]: Entity | null };

export const entityKey = (kind: EntityKind, id: string): string => `${kind}/${id}`;

/** `routes/country:BR` → kind and id; null for anything else. */
export function readEntityKey(key: string): { kind: EntityKind; id: string } | null {
  const slash = key.indexOf('/');
  const kind = ENTITY_KINDS.find((known) => known === key.slice(0, slash));
  const id = key.slice(slash + 1);
  return kind && id !== '' ? { kind, id } : null;
}

/**
 * An entity as what its kind says that it is. Sound, because every way in has looked: an edit is read by the schema of its kind before it
 * enters a draft (lib/contract/configuration.ts), and the live tables have a column for each field.
 */
export const entityAs = <Kind extends EntityKind>(_kind: Kind, entity: Entity): EntityOf[Kind] =>
  entity as unknown as EntityOf[Kind];

/** The channels that a route's field of that name holds, for the same reason; none where it inherits. */
export const channelsIn = (value: Json): readonly RouteChannel[] => (value ?? []) as unknown as RouteChannel[];

/** One difference. `field` null: the whole entity came (before null) or went (after null). */
export type Change = { entity: string; field: string | null; before: Json; after: Json };

/** `routes/country:BR/fallbackAfterSeconds`: names a change in lists, links and the audit log. */
export const pathOf = ({ entity, field }: Pick<Change, 'entity' | 'field'>): string =>
  field === null ? entity : `${entity}/${field}`;

/** What a draft would change of `live`, in the order of keys and fields. */
export function changesOf(live: Entities, draft: DraftEntities): Change[] {
  return Object.keys(draft)
    .sort()
    .flatMap((entity) => entityChanges(entity, live[entity] ?? null, draft[entity] ?? null));
}

function entityChanges(entity: string, before: Entity | null, after: Entity | null): Change[] {
  if (before === null || after === null) {
    return before === after ? [] : [{ entity, field: null, before, after }];
  }
  const fields = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return fields.flatMap((field) => {
    const [was, is] = [before[field] ?? null, after[field] ?? null];
    return isSame(was, is) ? [] : [{ entity, field, before: was, after: is }];
  });
}

/** The state of everything once a draft is taken over. */
export function withDraft(live: Entities, draft: DraftEntities): Entities {
  const next: Record<string, Entity> = { ...live };
  for (const [key, entity] of Object.entries(draft)) {
    if (entity === null) delete next[key];
    else next[key] = entity;
  }
  return next;
}

/** Two people changed the same field (or one deleted what the other changed). */
export type Conflict = { entity: string; field: string | null; base: Json; mine: Json; theirs: Json };

/**
 * Carries a draft over to what is live now. A field that only one side changed keeps that side's change; a field that
 * both changed to the same is no conflict; every other one is named, with all three values, and stays as mine in the
 * draft until somebody decides. Nothing of either side is lost.
 */
export function rebase(
  base: { readonly [key: string]: Entity | null },
  draft: DraftEntities,
  live: Entities,
): { draft: DraftEntities; conflicts: Conflict[] } {
  const next: Record<string, Entity | null> = {};
  const conflicts: Conflict[] = [];
  for (const entity of Object.keys(draft).sort()) {
    const [was, mine, theirs] = [base[entity] ?? null, draft[entity] ?? null, live[entity] ?? null];
    if (was === null || mine === null || theirs === null) {
      const isUntouched = isSame(was, theirs);
      if (!isUntouched && !isSame(mine, theirs)) conflicts.push({ entity, field: null, base: was, mine, theirs });
      if (!isSame(mine, theirs)) next[entity] = mine;
      continue;
    }
    const merged: Record<string, Json> = {};
    for (const field of new Set([...Object.keys(theirs), ...Object.keys(mine)])) {
      const [b, m, t] = [was[field] ?? null, mine[field] ?? null, theirs[field] ?? null];
      const isMineNew = !isSame(m, b);
      const isTheirsNew = !isSame(t, b);
      merged[field] = isMineNew ? m : t;
      if (isMineNew && isTheirsNew && !isSame(m, t)) conflicts.push({ entity, field, base: b, mine: m, theirs: t });
    }
    if (!isSame(merged, theirs)) next[entity] = merged;
  }
  return { draft: next, conflicts };
}

/** Same content: objects whatever the order of their fields, a missing field like a null one. */
export function isSame(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true;
  const [left, right] = [a ?? null, b ?? null];
  if (left === right) return true;
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false;
  if (Array.isArray(left) || Array.isArray(right)) {
    return (
      Array.isArray(left) &&
      Array.isArray(right) &&
      left.length === right.length &&
      left.every((item, at) => isSame(item as Json, right[at] as Json))
    );
  }
  const [one, other] = [left as Entity, right as Entity];
  return [...new Set([...Object.keys(one), ...Object.keys(other)])].every((field) => isSame(one[field], other[field]));
}
