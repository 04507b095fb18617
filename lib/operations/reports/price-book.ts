import { utcDay } from '@/lib/clock';
import type { Actor } from '@/lib/domain/actor';
import type { Channel, PriceRule } from '@/lib/domain/channel';
import { permit } from '@/lib/domain/permissions';
import { serving } from '@/lib/domain/routing/plan';
import { type PriceLine, priceLines } from '@/lib/domain/routing/price-book';
import { currentConfiguration } from '@/lib/operations/configuration/snapshot';

export type BookLine = Omit<PriceLine, 'connectionIds'> & {
  connections: { id: string; name: string; priceRule: PriceRule }[];
};
export type PriceBook = {
  /** The day (UTC) that `now` is said of. */
  day: string;
  /** By country, WhatsApp first. */
  lines: BookLine[];
};

const ORDER: readonly Channel[] = ['whatsapp', 'sms', 'email', 'voice'];

/**
 * reports.price_book: what each channel costs in each country today, what it cost before and from which day on it will
 * cost something else, as published. Countries without a row of their own cost what `global` says and are not listed.
 */
export async function readPriceBook(actor: Actor, now: Date = new Date()): Promise<PriceBook> {
  permit(actor, 'analytics:read');
  const configuration = await currentConfiguration();
  const { routes, connections } = configuration;
  const day = utcDay(now);
  const countries = [...routes.keys()]
    .flatMap((scope) => (scope.startsWith('country:') ? [scope.slice(8)] : []))
    .sort();
  const lines = countries.flatMap((country) =>
    priceLines(routes, country, day, (channel) => serving(configuration, channel))
      .sort((a, b) => ORDER.indexOf(a.channel) - ORDER.indexOf(b.channel))
      .map(({ connectionIds, ...line }) => ({
        ...line,
        connections: connectionIds.flatMap((id) => {
          const connection = connections.get(id);
          return connection ? [{ id, name: connection.name, priceRule: connection.priceRule }] : [];
        }),
      })),
  );
  return { day, lines };
}
