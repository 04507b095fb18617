import { createLoader, createSerializer, parseAsString, parseAsStringLiteral } from 'nuqs/server';
import { RANGES } from '../verifications/range';

/** Everything the log shows is in its address. */
export const searchParams = {
  actor: parseAsString,
  action: parseAsString,
  target: parseAsString,
  range: parseAsStringLiteral(RANGES),
  from: parseAsString,
  to: parseAsString,
  /** In which `from` and `to` are read and times are shown; absent: the viewer's own. */
  timezone: parseAsString,
  after: parseAsString,
};

export const loadView = createLoader(searchParams);
const serialize = createSerializer(searchParams);
export type View = Awaited<ReturnType<typeof loadView>>;

/** The address of the log, or of its export, with some of the view changed; any change begins at the newest page again. */
export function hrefWith(view: View, change: Partial<View>, path = '/audit'): string {
  return serialize(path, { ...view, after: null, ...change });
}
