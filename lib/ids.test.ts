import { describe, expect, test } from 'vitest';
import { newUuid, publicId, uuidFrom } from '@/lib/ids';

describe('a new id', () => {
  test('is a UUIDv7 of its moment, and none comes twice', () => {
    const at = Date.UTC(2026, 10, 28, 18, 5);
    const made = Array.from({ length: 5_000 }, () => newUuid(at));
    expect(new Set(made).size).toBe(made.length);
    for (const id of made) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(Number.parseInt((made[0] ?? '').replaceAll('-', '').slice(0, 12), 16)).toBe(at);
  });

  test('is random in each of its other digits', () => {
    const made = Array.from({ length: 5_000 }, () => newUuid());
    for (const place of [15, 16, 17, 19, 20, 21, 22, ...Array.from({ length: 12 }, (_, n) => 24 + n)]) {
      const seen = new Map<string, number>();
      for (const id of made) seen.set(id[place] ?? '', (seen.get(id[place] ?? '') ?? 0) + 1);
      const kinds = place === 19 ? 4 : 16;
      expect(seen.size).toBe(kinds);
      // Eight standard deviations: once in 10^14 runs.
      const bound = 8 * Math.sqrt(made.length / kinds);
      for (const count of seen.values()) expect(Math.abs(count - made.length / kinds)).toBeLessThan(bound);
    }
  });

  test('made later sorts later', () => {
    expect(newUuid(1_795_000_000_001) > newUuid(1_795_000_000_000)).toBe(true);
    expect(newUuid(1_795_000_000_000) < newUuid(1_795_000_000_001)).toBe(true);
  });

  test('comes back from its public spelling, and from no other', () => {
    const id = newUuid();
    const shown = publicId('verification', id);
    expect(shown).toBe(`vrf_${id.replaceAll('-', '')}`);
    expect(uuidFrom('verification', shown)).toBe(id);
    expect(uuidFrom('message', shown)).toBeNull();
    expect(uuidFrom('verification', shown.toUpperCase())).toBeNull();
  });
});
