/** Seconds until the next try of a notification, by tries so far: 5 s to 24 h, then it is given up. */
const RETRY_AFTER_SECONDS = [5, 30, 120, 600, 3_600, 14_400, 43_200, 86_400] as const;

/** Null: enough tries. */
export function retryAfterSeconds(tries: number): number | null {
  return RETRY_AFTER_SECONDS[tries - 1] ?? null;
}
