import { expect, test } from 'vitest';
import { uuidFloor } from '@/lib/ids';
import { placesOf } from '@/lib/operations/verifications/walk';

const at = (hour: number) => new Date(Date.UTC(2026, 10, 1, hour));
const id = (hour: number) => uuidFloor(at(hour));
const halfHour = (hour: number) => ({ at: at(hour), minutes: 30 });

test('only steps that hold something are walked, close ones as one, and never above where the walk has come to', () => {
  const steps = [halfHour(20), halfHour(19), halfHour(12), halfHour(2)];
  expect(placesOf(steps, null, false)).toEqual([
    { before: uuidFloor(new Date(at(20).getTime() + 1_800_000)), floor: id(19), isOfTests: false },
    { before: uuidFloor(new Date(at(12).getTime() + 1_800_000)), floor: id(12), isOfTests: false },
    { before: uuidFloor(new Date(at(2).getTime() + 1_800_000)), floor: id(2), isOfTests: false },
  ]);
  expect(placesOf(steps, id(12), false)).toHaveLength(1);
  const within = uuidFloor(new Date(at(12).getTime() + 60_000));
  expect(placesOf(steps, within, false)[0]).toEqual({ before: within, floor: id(12), isOfTests: false });
  expect(placesOf([], id(12), false)).toEqual([]);
});

test('between the steps test traffic is met, without a gap and without an overlap', () => {
  const places = placesOf(
    [
      { at: at(0), minutes: 1440 },
      { at: at(-96), minutes: 1440 },
    ],
    id(300),
    true,
  );
  expect(places.map(({ isOfTests }) => isOfTests)).toEqual([true, false, true, false, true]);
  expect(places[0]?.before).toBe(id(300));
  places.slice(1).forEach(({ before }, n) => {
    expect(before).toBe(places[n]?.floor);
  });
  expect(places.at(-1)?.floor).toBeNull();
});

test('where something is not known, everything is walked', () => {
  expect(placesOf([{ at: null, minutes: 0 }, halfHour(3)], id(12), true)).toEqual([
    { before: id(12), floor: null, isOfTests: false },
  ]);
});
