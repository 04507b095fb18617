import { expect, test } from 'vitest';
import { drainBackground, inBackground } from '@/lib/operations/background';

const gate = () => {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, opened };
};

test('a drain waits for what begins in the moment that other work ends, however many turns later that is', async () => {
  for (let turns = 0; turns < 12; turns += 1) {
    const [first, second] = [gate(), gate()];
    let hasBegun = false;
    let isOver = false;
    inBackground('first', () => first.opened);
    const begins = first.opened.then(async () => {
      for (let turn = 0; turn < turns; turn += 1) await null;
      hasBegun = true;
      inBackground('second', () =>
        second.opened.then(() => {
          isOver = true;
        }),
      );
      setImmediate(second.open);
    });
    const drained = drainBackground(2_000).then((isQuiet) => ({ isQuiet, leftOver: hasBegun && !isOver }));
    first.open();
    expect(await drained, `${turns} turns`).toEqual({ isQuiet: true, leftOver: false });
    await begins;
    expect(await drainBackground(2_000)).toBe(true);
  }
});

test('a drain ends at its deadline and says that something is still under way', async () => {
  const work = gate();
  inBackground('slow', () => work.opened);
  expect(await drainBackground(20)).toBe(false);
  work.open();
  expect(await drainBackground(2_000)).toBe(true);
});

test('work that throws at once was never begun: no drain waits for it', async () => {
  expect(() =>
    inBackground('throws', () => {
      throw new Error('at once');
    }),
  ).toThrow('at once');
  expect(await drainBackground(2_000)).toBe(true);
});
