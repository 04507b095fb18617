/** A search under a name: how long both may be, and how many there may be. */
export const VIEW = { nameMax: 60, queryMax: 2_000, perPersonMax: 100, sharedShownMax: 200 } as const;
