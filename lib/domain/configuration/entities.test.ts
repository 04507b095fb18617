import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  changesOf,
  type DraftEntities,
  type Entities,
  type Entity,
  isSame,
  type Json,
  readEntityKey,
  rebase,
  withDraft,
} from '@/lib/domain/configuration/entities';

const live: Entities = {
  'routes/country:BR': { mode: 'automatic', fallbackAfterSeconds: 30, channels: null },
  'policies/login': { lifetimeSeconds: 300 },
};

describe('what a draft changes', () => {
  test('fields are named one by one, whole entities when they come or go', () => {
    const draft: DraftEntities = {
      'routes/country:BR': { mode: 'automatic', fallbackAfterSeconds: 20, channels: null },
      'policies/login': null,
      'policies/courier_drop': { lifetimeSeconds: 120 },
    };
    expect(changesOf(live, draft)).toEqual([
      { entity: 'policies/courier_drop', field: null, before: null, after: { lifetimeSeconds: 120 } },
      { entity: 'policies/login', field: null, before: { lifetimeSeconds: 300 }, after: null },
      { entity: 'routes/country:BR', field: 'fallbackAfterSeconds', before: 30, after: 20 },
    ]);
  });

  test('the order of fields inside a value is no change', () => {
    expect(isSame({ a: 1, b: [{ c: 2, d: null }] }, { b: [{ c: 2 }], a: 1 })).toBe(true);
    expect(isSame([1, 2], [2, 1])).toBe(false);
    expect(isSame([], {})).toBe(false);
    expect(isSame(0, null)).toBe(false);
  });

  test('a key names its kind and id, or nothing', () => {
    expect(readEntityKey('routes/region:asia')).toEqual({ kind: 'routes', id: 'region:asia' });
    for (const bad of ['', 'routes', 'routes/', 'users/1', '/x']) expect(readEntityKey(bad)).toBeNull();
  });
});

describe('two people at once', () => {
  const mine = (after: Entity | null): DraftEntities => ({ 'routes/country:BR': after });
  const base = { 'routes/country:BR': live['routes/country:BR'] ?? null };
  const theirs = (entity: Entity): Entities => ({ ...live, 'routes/country:BR': entity });
  const row = (seconds: number, mode = 'automatic'): Entity => ({
    mode,
    fallbackAfterSeconds: seconds,
    channels: null,
  });

  test('different fields of one country are both kept', () => {
    const { draft, conflicts } = rebase(base, mine(row(20)), theirs(row(30, 'user_choice')));
    expect(conflicts).toEqual([]);
    expect(draft).toEqual(mine(row(20, 'user_choice')));
  });
  test('the same field is a conflict that shows all three values, and mine stays in the draft', () => {
    const { draft, conflicts } = rebase(base, mine(row(20)), theirs(row(45)));
    expect(conflicts).toEqual([
      { entity: 'routes/country:BR', field: 'fallbackAfterSeconds', base: 30, mine: 20, theirs: 45 },
    ]);
    expect(draft).toEqual(mine(row(20)));
  });
  test('the same change by both is no conflict, and nothing is left to publish', () => {
    expect(rebase(base, mine(row(20)), theirs(row(20)))).toEqual({ draft: {}, conflicts: [] });
  });
  test('deleting what somebody changed is a conflict', () => {
    expect(rebase(base, mine(null), theirs(row(45))).conflicts).toHaveLength(1);
  });
  test('changing what somebody deleted is a conflict', () => {
    expect(rebase(base, mine(row(20)), {}).conflicts).toHaveLength(1);
  });
});

const value = fc.oneof(
  fc.constant(null),
  fc.integer({ min: 0, max: 3 }),
  fc.constantFrom('a', 'b'),
) as fc.Arbitrary<Json>;
const entity = fc.record({ x: value, y: value, z: value }) as fc.Arbitrary<Entity>;
const state = fc.dictionary(
  fc.constantFrom('policies/a', 'policies/b', 'routes/global'),
  entity,
) as fc.Arbitrary<Entities>;

describe('laws of drafts', () => {
  test('taking a draft over makes exactly the changes that it shows', () => {
    fc.assert(
      fc.property(state, state, (before, after) => {
        const draft: Record<string, Entity | null> = { ...after };
        for (const key of Object.keys(before)) if (!(key in after)) draft[key] = null;
        expect(withDraft(before, draft)).toEqual(after);
        expect(changesOf(after, draft)).toEqual([]);
        const made: Record<string, Entity> = { ...before };
        for (const change of changesOf(before, draft)) {
          if (change.field !== null) made[change.entity] = { ...made[change.entity], [change.field]: change.after };
          else if (change.after === null) delete made[change.entity];
          else made[change.entity] = change.after as Entity;
        }
        expect(made).toEqual(after);
      }),
    );
  });

  test('a rebase loses no field of either side: every field is mine, theirs, or both where they agree', () => {
    fc.assert(
      fc.property(state, state, state, (base, mine, theirs) => {
        const draft: Record<string, Entity | null> = { ...mine };
        const { draft: carried, conflicts } = rebase(base, draft, theirs);
        const result = withDraft(theirs, carried);
        for (const key of Object.keys(draft)) {
          for (const field of ['x', 'y', 'z']) {
            const [b, m, t] = [base[key]?.[field], draft[key]?.[field], theirs[key]?.[field]];
            const got = result[key]?.[field];
            const isNamed = conflicts.some((c) => c.entity === key && (c.field === null || c.field === field));
            const wasWhole = base[key] === undefined || theirs[key] === undefined;
            if (wasWhole) expect(isSame(got, m)).toBe(true);
            else expect(isSame(got, isSame(m, b) ? t : m)).toBe(true);
            const didBothChange = !wasWhole && !isSame(m, b) && !isSame(t, b) && !isSame(m, t);
            if (didBothChange) expect(isNamed).toBe(true);
          }
        }
        // Whoever did not touch an entity keeps what is live.
        for (const key of Object.keys(theirs)) if (!(key in draft)) expect(result[key]).toEqual(theirs[key]);
      }),
    );
  });

  test('without news from others a rebase changes nothing and finds no conflict', () => {
    fc.assert(
      fc.property(state, state, (base, mine) => {
        const { draft, conflicts } = rebase(base, mine, base);
        expect(conflicts).toEqual([]);
        expect(changesOf(base, draft)).toEqual(changesOf(base, mine));
      }),
    );
  });
});
