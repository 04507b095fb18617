import { format } from 'node:util';
import { afterEach, beforeEach, type MockInstance, vi } from 'vitest';

/** What the current test wrote to console.error. A test that expects one says so with its own `vi.spyOn(console, 'error')`. */
const written: string[] = [];
let spy: MockInstance<typeof console.error>;

beforeEach(() => {
  spy = vi.spyOn(console, 'error').mockImplementation((...args: unknown[]) => {
    written.push(format(...args));
  });
});

afterEach(() => {
  spy.mockRestore();
  const unexpected = written.splice(0);
  if (unexpected.length > 0) throw new Error(`unexpected console.error:\n${unexpected.join('\n')}`);
});
