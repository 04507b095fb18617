/** The values of a statement that is put together. `add` answers how the statement names the one it was given. */
export type Parameters = { readonly values: unknown[]; add(value: unknown): string };

/** None yet. */
export function newParameters(): Parameters {
  const values: unknown[] = [];
  return { values, add: (value) => `$${values.push(value)}` };
}
