import type { ReactNode } from 'react';
import { ChannelBadge } from '@/components/console/channel-badge';
import { CountryName } from '@/components/console/country';
import { money, wholeTime } from '@/components/console/format';
import { TimeStamp } from '@/components/console/time-stamp';
import type { LifeNames } from '@/components/console/timeline/life-names';
import { CHANNEL_WORDS, PROVIDER_WORDS, SKIP_WORDS, spaced, wordFor } from '@/components/console/words';
import { classNames } from '@/components/ui/class-names';
import { Panel, PanelHeading } from '@/components/ui/panel';
import type { VerificationLife } from '@/lib/contract/verifications';
import { CHANNELS, type Channel } from '@/lib/domain/channel';

/** What was asked, and why the route was what it was. Frozen at issue: later edits of the configuration do not show here. */
export function Facts({
  life,
  timeZone,
  names,
  className,
}: {
  life: VerificationLife;
  timeZone: string;
  names: LifeNames;
  className?: string;
}) {
  return (
    <div className={classNames('flex flex-col gap-4', className)}>
      <RouteTrace life={life} />
      <Panel>
        <PanelHeading title="Request" hint={`times in ${timeZone}`} />
        <dl className="px-4 py-1.5">
          <Fact name="Use case">{names.policy(life.use_case)}</Fact>
          <Fact name="Country">
            <CountryName country={life.country} />
          </Fact>
          <Fact name="Language">
            <span className="num">{life.locale}</span>
          </Fact>
          <Fact name="Created">
            <TimeStamp at={new Date(life.created_at)} timeZone={timeZone} />
          </Fact>
          <Fact name={Date.parse(life.expires_at) > Date.now() ? 'Expires' : 'Expired'}>
            <TimeStamp at={new Date(life.expires_at)} timeZone={timeZone} />
          </Fact>
          {life.reference ? (
            <Fact name="Reference">
              <span className="num break-all">{life.reference}</span>
            </Fact>
          ) : null}
          {life.transaction ? (
            <Fact name="Transaction">
              <span className="num">{money(life.transaction.amount, life.transaction.currency)}</span>
              {life.transaction.payee ? ` to ${life.transaction.payee}` : ''}
            </Fact>
          ) : null}
          {Object.entries(life.metadata).map(([name, value]) => (
            <Fact key={name} name={name}>
              <span className="num break-all">{value}</span>
            </Fact>
          ))}
        </dl>
      </Panel>
    </div>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="flex items-baseline justify-between gap-4 border-line border-b py-1.5 text-sm last:border-b-0">
      <dt className="shrink-0 text-ink-3">{name}</dt>
      <dd className="min-w-0 text-right">{children}</dd>
    </div>
  );
}

type Step = { channel: Channel; provider: string; connection: string; priceMicros: number };

/** The decision trace: the steps, what each field was inherited from, and every channel that was left out. */
function RouteTrace({ life }: { life: VerificationLife }) {
  const route = life.decisions.find(({ kind }) => kind === 'route')?.detail;
  if (!route) return null;
  const skipped = life.decisions.filter(({ kind }) => kind === 'skipped');
  const inherited = record(route.inherited_from);
  const seconds = typeof route.fallback_after_seconds === 'number' ? route.fallback_after_seconds : null;

  return (
    <Panel>
      <PanelHeading title="Why this route" />
      <ol className="px-4 pt-2 pb-1">
        {stepsOf(route.steps).map((step, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a frozen list.
          <li key={index} className="flex items-center gap-2 py-1.5">
            <span className="num w-3 text-ink-3 text-xs">{index + 1}</span>
            <ChannelBadge channel={step.channel} />
            <span className="min-w-0 truncate text-ink-2 text-xs" title={step.connection}>
              {wordFor(PROVIDER_WORDS, step.provider)}
            </span>
            <span className="num ml-auto text-ink-3 text-xs">{money(step.priceMicros)}</span>
          </li>
        ))}
        {skipped.map(({ detail }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a frozen list.
          <li key={`s${index}`} className="py-1.5 text-ink-3 text-xs">
            <s>{wordFor(CHANNEL_WORDS, String(detail.channel))}</s>: {wordFor(SKIP_WORDS, String(detail.why))}
          </li>
        ))}
      </ol>
      <dl className="border-line border-t px-4 py-1.5">
        <Inherited name="Mode" from={inherited.mode}>
          {route.is_user_choice ? 'the user chose' : spaced(String(route.mode ?? '')).toLowerCase()}
        </Inherited>
        <Inherited name="On failure" from={inherited.fallback_on_failed}>
          {route.fallback_on_failed ? 'next channel at once' : 'stay'}
        </Inherited>
        <Inherited name="On silence" from={inherited.fallback_after_seconds}>
          {seconds === null ? 'stay' : `next after ${wholeTime(seconds)}`}
        </Inherited>
        <Inherited name="Channels" from={inherited.channels}>
          {life.route.length}
        </Inherited>
        {typeof route.lifetime_seconds === 'number' ? (
          <Inherited name="Lifetime">{wholeTime(route.lifetime_seconds)}</Inherited>
        ) : null}
        <Inherited name="Code">
          {route.code_mode === 'code_per_message' ? 'one per message' : 'the same on every channel'}
        </Inherited>
      </dl>
    </Panel>
  );
}

function Inherited({ name, from, children }: { name: string; from?: unknown; children: ReactNode }) {
  return (
    <Fact name={name}>
      {children}
      {typeof from === 'string' ? <span className="block text-2xs text-ink-3">{scopeWords(from)}</span> : null}
    </Fact>
  );
}

function scopeWords(scope: string): string {
  const [kind, name = ''] = scope.split(':');
  if (kind === 'country') return `set for ${name}`;
  if (kind === 'region') return `from region ${spaced(name)}`;
  return kind === 'global' ? 'from the global route' : 'built in';
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function stepsOf(value: unknown): Step[] {
  if (!Array.isArray(value)) return [];
  return value.map(record).flatMap((step) => {
    const channel = CHANNELS.find((each) => each === step.channel);
    if (!channel) return [];
    return [
      {
        channel,
        provider: String(step.provider),
        connection: String(step.connection),
        priceMicros: Number(step.price_micros ?? 0),
      },
    ];
  });
}
