import type { Metadata } from 'next';
import type { SearchParams } from 'nuqs/server';
import { Suspense } from 'react';
import { ChartSkeleton } from '@/components/charts/chart-frame';
import { sentenceOfLayers } from '@/components/charts/sentences';
import { Page } from '@/components/console/shell/shell';
import { CHANNELS, type Channel } from '@/lib/domain/channel';
import { readBreakdown } from '@/lib/operations/analytics/breakdown';
import { ask } from '../ask';
import { ListPanel, ListSkeleton, type Split } from '../list-panel';
import type { Asked } from '../parts';
import { askedOf, RoomBar } from '../room-bar';
import { type AnalyticsView, hrefWith } from '../search-params';
import { type Tile, TilesPanel, TilesSkeleton } from '../tiles-panel';
import { TimePanel } from '../time-panel';
import { BillingPanel } from './billing-panel';
import { PriceBookPanel, PriceBookSkeleton } from './price-book-panel';
import { SavingPanel, SavingSkeleton } from './saving-panel';

export const metadata: Metadata = { title: 'Cost' };

const PATH = '/analytics/cost';
const TILES: readonly Tile[] = [
  { name: 'spend' },
  { name: 'cost_per_verified' },
  { name: 'wasted_spend' },
  { name: 'duplicate_spend' },
  { name: 'whatsapp_saving' },
];
const MONEY = ['spend', 'cost_per_verified', 'wasted_spend', 'duplicate_spend', 'whatsapp_saving'] as const;
const splitBy = (dimension: Split['dimension']): Split => ({
  dimension,
  metrics: MONEY,
  judge: 'cost_per_verified',
});
const SPLITS: readonly [Split, ...Split[]] = [
  splitBy('country'),
  splitBy('channel'),
  splitBy('connection'),
  splitBy('use_case'),
  splitBy('app'),
];
export default async function CostPage(props: { searchParams: Promise<SearchParams> }) {
  const asked = await askedOf(PATH, props.searchParams);
  const { view } = asked;
  const key = hrefWith(PATH, view);

  return (
    <Page title="Cost" lead="What codes cost, what it bought, and what was paid for nothing.">
      <RoomBar {...asked} />
      <Suspense key={`tiles${key}`} fallback={<TilesSkeleton tiles={TILES} />}>
        <TilesPanel asked={asked} label="Cost" tiles={TILES} />
      </Suspense>
      <div className="grid gap-4">
        <div className="grid gap-4 xl:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
          <Suspense key={`spend${key}`} fallback={<ChartSkeleton title="Spend, by channel" hasLegend />}>
            <TimePanel
              asked={asked}
              id="spend"
              title="Spend, by channel"
              metrics={['message_spend']}
              by="channel"
              kind="layers"
              say={(chart) => sentenceOfLayers(chart, 'spent')}
            />
          </Suspense>
          <Suspense key={`saving${key}`} fallback={<SavingSkeleton />}>
            <SavingPanel asked={asked} />
          </Suspense>
        </div>
        <div className="grid gap-4 xl:grid-cols-2">
          <Suspense key={`each${key}`} fallback={<ChartSkeleton title="Cost per verified" hasLegend />}>
            <TimePanel asked={asked} id="each" title="Cost per verified" metrics={['cost_per_verified']} compare />
          </Suspense>
          <Suspense key={`wasted${key}`} fallback={<ChartSkeleton title="Paid for nothing" hasLegend />}>
            <TimePanel
              asked={asked}
              id="wasted"
              title="Paid for nothing"
              metrics={['wasted_spend', 'duplicate_spend']}
              say={(chart) =>
                sentenceOfLayers({ ...chart, series: chart.series.slice(0, 1) }, 'wasted').replace(/:.*$/, '.')
              }
            />
          </Suspense>
        </div>
        <Suspense key={`list${key}`} fallback={<ListSkeleton title="Where the money goes" />}>
          <ListPanel asked={asked} title="Where the money goes" splits={SPLITS} />
        </Suspense>
        <div className="grid items-start gap-4 xl:grid-cols-2">
          <Suspense key={`billed${key}`} fallback={<ListSkeleton title="Estimated against billed" rows={3} />}>
            <BillingPanel asked={asked} by="connection" />
          </Suspense>
          <Suspense key={`billed-at${key}`} fallback={<ListSkeleton title="Estimated against billed" rows={3} />}>
            <BillingPanel asked={asked} by="country" />
          </Suspense>
        </div>
        <Suspense key={`prices${key}`} fallback={<PriceBookSkeleton />}>
          <Prices asked={asked} isWhole={view.prices === 'all'} />
        </Suspense>
      </div>
    </Page>
  );
}

async function Prices({ asked: { user, view, question }, isWhole }: { asked: Asked; isWhole: boolean }) {
  const spent = await ask(readBreakdown(user, { ...question, compare: 'none' }, 'country', ['spend'], 250));
  return (
    <PriceBookPanel
      user={user}
      countries={
        'fault' in spent
          ? []
          : spent.answer.rows
              .toSorted((a, b) => (b.values.spend?.value ?? 0) - (a.values.spend?.value ?? 0))
              .map(({ key }) => key)
      }
      channels={channelsOf(view)}
      isWhole={isWhole}
      wholeHref={`${hrefWith(PATH, view, { prices: 'all' })}#prices`}
      partHref={`${hrefWith(PATH, view, { prices: null })}#prices`}
    />
  );
}

/** The channels that the filter leaves; null: all. */
function channelsOf({ channel }: AnalyticsView): Channel[] | null {
  return channel ? CHANNELS.filter((each) => channel.values.includes(each) !== channel.exclude) : null;
}
