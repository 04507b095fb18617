import { createLoader, createSerializer, parseAsArrayOf, parseAsString, parseAsStringLiteral } from 'nuqs/server';
import { CHANNELS } from '@/lib/domain/channel';
import { VERIFICATION_STATUSES } from '@/lib/domain/verification/states';
import { RANGES } from './range';

/** Everything the list shows is in its address: a view can be sent to a colleague, and the back button undoes a filter. */
export const searchParams = {
  status: parseAsArrayOf(parseAsStringLiteral(VERIFICATION_STATUSES)).withDefault([]),
  channel: parseAsStringLiteral(CHANNELS),
  country: parseAsString,
  use_case: parseAsString,
  app: parseAsString,
  mode: parseAsStringLiteral(['live', 'test'] as const),
  range: parseAsStringLiteral(RANGES),
  from: parseAsString,
  to: parseAsString,
  /** The caller's own reference. */
  reference: parseAsString,
  /** A full number, sealed. */
  number: parseAsString,
  after: parseAsString,
};

export const loadView = createLoader(searchParams);
export const viewHref = createSerializer(searchParams);
export type View = Awaited<ReturnType<typeof loadView>>;

/** The address of the list with some of the view changed; any change begins at the newest page again. */
export function hrefWith(view: View, change: Partial<View>): string {
  return viewHref('/verifications', { ...view, after: null, ...change });
}
