import type { BarRow } from '@/components/charts/bar-list';
import { valueWords } from '@/components/charts/dimensions';
import { ChannelGlyph } from '@/components/console/channel-badge';
import { Flag } from '@/components/console/country';
import type { Breakdown } from '@/lib/contract/analytics';
import { CHANNELS, type Channel } from '@/lib/domain/channel';
import type { Dimension } from '@/lib/domain/stats/measures';

/** The rows of an answer as a list shows them: named, with a sign, with where a choice leads. */
export function barRows(
  answer: Breakdown,
  links: {
    href?: (key: string) => string;
    standing?: (key: string) => NonNullable<BarRow['standing']>;
    rowsHref?: (key: string) => string | undefined;
  } = {},
): BarRow[] {
  return answer.rows.map(({ key, label, values, before, share }) => ({
    key,
    name: valueWords(answer.dimension, key, label),
    sign: signOf(answer.dimension, key),
    values,
    before,
    share,
    // Nothing can be named in an address: those without one are not to be chosen.
    href: key === '' ? undefined : links.href?.(key),
    standing: links.standing?.(key) ?? 'free',
    rowsHref: key === '' ? undefined : links.rowsHref?.(key),
  }));
}

function signOf(dimension: Dimension, key: string): React.ReactNode {
  if (dimension === 'country' && /^[A-Z]{2}$/.test(key)) return <Flag country={key} />;
  if (dimension === 'channel' && CHANNELS.includes(key as Channel)) {
    return <ChannelGlyph channel={key as Channel} className="text-ink-3" />;
  }
  return null;
}
