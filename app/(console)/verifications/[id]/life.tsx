import { Duration } from '@/components/console/duration';
import { money } from '@/components/console/format';
import { MaskedPhone } from '@/components/console/masked-phone';
import { Stat } from '@/components/console/stat';
import { StatusPill } from '@/components/console/status-pill';
import type { LifeNames } from '@/components/console/timeline/life-names';
import { RelayStrip } from '@/components/console/timeline/relay-strip';
import { convertedBy, nextChannelOf, timeToDeliverMs } from '@/components/console/timeline/story';
import { Timeline } from '@/components/console/timeline/timeline';
import { CHANNEL_WORDS } from '@/components/console/words';
import { Badge } from '@/components/ui/badge';
import { classNames } from '@/components/ui/class-names';
import { CopyButton } from '@/components/ui/copy-button';
import { Panel } from '@/components/ui/panel';
import { Tabs } from '@/components/ui/tabs';
import type { VerificationLife } from '@/lib/contract/verifications';
import { CheckForm } from './check-form';
import { Facts } from './facts';
import { LiveRefresh } from './live-refresh';
import { RawJson } from './raw-json';
import { Waiting } from './waiting';

/** One whole life, as its own page shows it and, `isNarrow`, as the sheet beside the list does. `tabHref` is the address of a tab. */
export function Life({
  life,
  timeZone,
  names,
  isRaw,
  mayWrite,
  isNarrow = false,
  tabHref,
}: {
  life: VerificationLife;
  timeZone: string;
  names: LifeNames;
  isRaw: boolean;
  mayWrite: boolean;
  isNarrow?: boolean;
  tabHref: (tab: 'timeline' | 'raw') => string;
}) {
  const now = Date.now();
  const isPending = life.status === 'pending';
  const mayCheck = isPending && mayWrite;
  const nextChannel = nextChannelOf(life);
  return (
    <>
      <Heading life={life} as={isNarrow ? 'p' : 'h1'} />
      <Summary life={life} now={now} isNarrow={isNarrow} />
      <div className={classNames('mt-6 grid gap-6', !isNarrow && 'lg:grid-cols-[minmax(0,1fr)_19rem]')}>
        <div className="min-w-0">
          <Tabs
            label="Views"
            tabs={[
              { href: tabHref('timeline'), title: 'Timeline', isCurrent: !isRaw },
              { href: tabHref('raw'), title: 'Raw JSON', isCurrent: isRaw },
            ]}
          />
          {isRaw ? (
            <RawJson life={life} />
          ) : (
            <Panel className="mt-4">
              {life.messages.length > 0 ? (
                <div className="border-line border-b">
                  <RelayStrip life={life} now={now} />
                </div>
              ) : null}
              <Timeline
                life={life}
                now={now}
                timeZone={timeZone}
                names={names}
                waiting={
                  <Waiting
                    now={now}
                    nextFallbackAt={life.next_fallback_at}
                    expiresAt={life.expires_at}
                    nextChannel={nextChannel && CHANNEL_WORDS[nextChannel]}
                  />
                }
              />
            </Panel>
          )}
        </div>
        <aside
          aria-label="About this verification"
          className={classNames(
            'flex min-w-0 flex-col gap-4',
            isNarrow ? 'order-first' : 'max-lg:order-first lg:mt-[3.25rem]',
            !mayCheck && (isNarrow ? 'hidden' : 'max-lg:hidden'),
          )}
        >
          {mayCheck ? (
            <CheckForm
              id={life.id}
              isTest={!life.livemode}
              checksRemaining={life.checks_remaining}
              transaction={life.transaction}
              binds={bindsTransaction(life)}
            />
          ) : null}
          {isNarrow ? null : <Facts life={life} timeZone={timeZone} names={names} className="max-lg:hidden" />}
        </aside>
      </div>
      <Facts
        life={life}
        timeZone={timeZone}
        names={names}
        className={classNames('mt-6', isNarrow ? 'sm:grid sm:grid-cols-2 sm:items-start' : 'lg:hidden')}
      />
      {isPending ? (
        <LiveRefresh
          status={life.status}
          messages={life.messages.map(({ channel, state }) => `${CHANNEL_WORDS[channel]} ${state}`).join(', ')}
        />
      ) : null}
    </>
  );
}

/** Whether the code approves its transaction and no other. */
function bindsTransaction(life: VerificationLife): boolean {
  return life.decisions.some(({ kind, detail }) => kind === 'route' && detail.binds_transaction === true);
}

function Heading({ life, as: Title }: { life: VerificationLife; as: 'h1' | 'p' }) {
  return (
    <header className="mt-1">
      <Title className="flex flex-wrap items-center gap-x-3 gap-y-1 font-semibold text-xl">
        <MaskedPhone masked={life.to_masked} country={life.country} className="text-xl [&_img]:h-4 [&_img]:w-6" />
        <StatusPill status={life.status} />
        {life.livemode ? null : <Badge tone="outline">test</Badge>}
      </Title>
      <p className="mt-0.5 flex min-w-0 items-center gap-1 text-ink-3 text-xs">
        <span className="num truncate">{life.id}</span>
        <CopyButton value={life.id} label="Copy the id" />
      </p>
    </header>
  );
}

function Summary({ life, now, isNarrow }: { life: VerificationLife; now: number; isNarrow: boolean }) {
  const created = Date.parse(life.created_at);
  const channels = convertedBy(life);
  const cost = life.messages.reduce((sum, message) => sum + message.cost_micros, 0);
  const price = life.messages.reduce((sum, message) => sum + message.price_micros * message.segments, 0);
  const wrong = life.checks.filter(({ outcome }) => outcome !== 'approved').length;
  const total =
    (life.approved_at ?? life.ended_at) ? Date.parse(life.approved_at ?? life.ended_at ?? '') - created : now - created;
  return (
    <Panel className="mt-4">
      <dl
        className={classNames(
          'grid grid-cols-2 gap-x-6 gap-y-4 px-4 py-3.5 sm:grid-cols-3',
          !isNarrow && 'lg:grid-cols-5',
        )}
      >
        <Stat
          label={
            life.status === 'approved'
              ? 'Request to approval'
              : life.status === 'pending'
                ? 'Running for'
                : 'Request to end'
          }
        >
          <Duration ms={total} />
        </Stat>
        <Stat label="Request to phone" note={timeToDeliverMs(life) === null ? 'no proof of delivery' : null}>
          <Duration ms={timeToDeliverMs(life)} />
        </Stat>
        <Stat label="Converted by" note={channels.length > 1 ? 'both had arrived: cannot be told' : null}>
          <span className="font-sans tracking-normal">
            {channels.length > 0 ? channels.map((channel) => CHANNEL_WORDS[channel]).join(' or ') : '–'}
          </span>
        </Stat>
        <Stat label="Cost" note={price !== cost ? `${money(price)} at list price` : null}>
          {money(cost)}
        </Stat>
        <Stat label="Checks" note={wrong > 0 ? `${wrong} wrong` : null}>
          {life.checks.length}
        </Stat>
      </dl>
    </Panel>
  );
}
