import type { Metadata } from 'next';
import type { SearchParams } from 'nuqs/server';
import { Suspense } from 'react';
import { ChartSkeleton } from '@/components/charts/chart-frame';
import { Page } from '@/components/console/shell/shell';
import { ListSkeleton } from '../list-panel';
import { askedOf, RoomBar } from '../room-bar';
import { hrefWith } from '../search-params';
import { type Tile, TilesPanel, TilesSkeleton } from '../tiles-panel';
import { TimePanel } from '../time-panel';
import { CountryPanel } from './country-panel';
import { RescuePanel } from './rescue-panel';

export const metadata: Metadata = { title: 'Fallback' };

const PATH = '/analytics/fallback';
const TILES: readonly Tile[] = [
  { name: 'fallback_rate' },
  { name: 'rescue_rate' },
  { name: 'duplicate_rate' },
  { name: 'duplicate_spend' },
  {
    name: 'time_to_rescue_p50_ms',
    label: 'Lost before the rescue',
    second: { name: 'time_to_rescue_p95_ms', label: 'p95' },
  },
];

export default async function FallbackPage(props: { searchParams: Promise<SearchParams> }) {
  const asked = await askedOf(PATH, props.searchParams);
  const { view } = asked;
  const key = hrefWith(PATH, view);

  return (
    <Page
      title="Fallback"
      lead="When WhatsApp does not get through: how often, whom it saves, and what it costs twice."
    >
      <RoomBar {...asked} />
      <Suspense key={`tiles${key}`} fallback={<TilesSkeleton tiles={TILES} />}>
        <TilesPanel asked={asked} label="Fallback" tiles={TILES} />
      </Suspense>
      <div className="grid gap-4">
        <div className="grid gap-4 xl:grid-cols-2">
          <Suspense
            key={`why${key}`}
            fallback={<ChartSkeleton title="Fallbacks, after a failure and after silence" hasLegend />}
          >
            <TimePanel
              asked={asked}
              id="why"
              title="Fallbacks, after a failure and after silence"
              metrics={['fallback_timeout_rate', 'fallback_failed_rate']}
              compare
            />
          </Suspense>
          <Suspense key={`well${key}`} fallback={<ChartSkeleton title="Rescued, and answered twice" hasLegend />}>
            <TimePanel
              asked={asked}
              id="well"
              title="Rescued, and answered twice"
              metrics={['rescue_rate', 'duplicate_rate']}
              compare
            />
          </Suspense>
        </div>
        <Suspense key={`countries${key}`} fallback={<ListSkeleton title="Timers by country" rows={12} />}>
          <CountryPanel asked={asked} />
        </Suspense>
        <Suspense key={`rescue${key}`} fallback={<ChartSkeleton title="Seconds lost before the rescue" />}>
          <RescuePanel asked={asked} />
        </Suspense>
      </div>
    </Page>
  );
}
