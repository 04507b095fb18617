/** Which scope each field of a route came from, under the names that the API has for them: `{ fallback_after_seconds: 'country:BR' }`. */
export const inheritedFrom = (plan: { inheritedFrom: Readonly<Record<string, string>> }): Record<string, string> =>
  Object.fromEntries(
    Object.entries(plan.inheritedFrom).map(([field, scope]) => [
      field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      scope,
    ]),
  );
