import { cookies } from 'next/headers';

/** The cookie that remembers the browser's time zone, so that the server can write times as the viewer reads them. */
export const ZONE_COOKIE = 'watchword-zone';

/** The viewer's time zone; UTC until the browser has told, or when it told nonsense. */
export async function viewerTimeZone(): Promise<string> {
  const zone = (await cookies()).get(ZONE_COOKIE)?.value;
  if (!zone) return 'UTC';
  try {
    const decoded = decodeURIComponent(zone);
    new Intl.DateTimeFormat('en', { timeZone: decoded });
    return decoded;
  } catch {
    return 'UTC';
  }
}
