import { ArrowRight } from 'lucide-react';
import Link from 'next/link';
import type { ReactNode } from 'react';
import { ChannelBadge } from '@/components/console/channel-badge';
import { dateTime, duration, money, offset } from '@/components/console/format';
import { ReasonText } from '@/components/console/reason-text';
import { Gutter } from '@/components/console/timeline/gutter';
import type { LifeNames } from '@/components/console/timeline/life-names';
import {
  type Beat,
  type BranchCause,
  type Failure,
  type StoryRow,
  tellStory,
} from '@/components/console/timeline/story';
import {
  CHANNEL_WORDS,
  END_WORDS,
  PROVIDER_WORDS,
  SKIP_WORDS,
  STATUS_WORDS,
  spaced,
  wordFor,
} from '@/components/console/words';
import { Badge } from '@/components/ui/badge';
import { classNames } from '@/components/ui/class-names';
import type { VerificationLife } from '@/lib/contract/verifications';
import type { Channel } from '@/lib/domain/channel';

/** The whole life of one code, top to bottom: what happened, how long after the request, and why. */
export function Timeline({
  life,
  now,
  timeZone,
  names,
  waiting,
}: {
  life: VerificationLife;
  now: number;
  timeZone: string;
  names: LifeNames;
  /** The countdown, drawn by the page because it has to keep ticking. */
  waiting?: ReactNode;
}) {
  const { lanes, rows } = tellStory(life, now);
  const start = Date.parse(life.created_at);
  return (
    <ol className="flex flex-col py-2">
      {rows.map((row, index) => (
        <li
          // biome-ignore lint/suspicious/noArrayIndexKey: the story only ever grows at its end.
          key={index}
          className="grid grid-cols-[3.75rem_auto_minmax(0,1fr)] gap-x-1.5 pr-3 sm:grid-cols-[5.25rem_auto_minmax(0,1fr)] sm:gap-x-3"
        >
          <Offset row={row} before={rows[index - 1]} start={start} timeZone={timeZone} />
          <Gutter row={row} lanes={lanes} status={life.status} />
          <div className={classNames('min-w-0 pt-[7px] pb-3', row.beat.kind === 'branch' && 'pb-4')}>
            {row.beat.kind === 'waiting' ? waiting : <Happening beat={row.beat} life={life} names={names} />}
          </div>
        </li>
      ))}
    </ol>
  );
}

/** Exact, relative to the request; said once when several things share it. */
function Offset({
  row,
  before,
  start,
  timeZone,
}: {
  row: StoryRow;
  before: StoryRow | undefined;
  start: number;
  timeZone: string;
}) {
  if (row.beat.kind === 'waiting') {
    return <span className="num pt-[7px] text-right text-ink-3 text-xs leading-5">now</span>;
  }
  const at = new Date(row.beat.at);
  const text = offset(row.beat.at - start);
  const isRepeated = before !== undefined && offset(before.beat.at - start) === text;
  return (
    <time
      dateTime={at.toISOString()}
      title={`${dateTime(at, timeZone, true)} (${timeZone})`}
      className="num whitespace-nowrap pt-[7px] text-right text-ink-3 text-xs leading-5"
    >
      <span className={isRepeated ? 'sr-only' : ''}>{text}</span>
    </time>
  );
}

/** First line: what. Second line: the facts around it. */
function Line({ title, children, tone }: { title: ReactNode; children?: ReactNode; tone?: string }) {
  return (
    <>
      <div className={classNames('flex flex-wrap items-center gap-x-2 gap-y-0.5 text-ink', tone)}>{title}</div>
      {children ? <div className="mt-0.5 flex flex-wrap gap-x-3 gap-y-0.5 text-ink-3 text-xs">{children}</div> : null}
    </>
  );
}

function Happening({ beat, life, names }: { beat: Beat; life: VerificationLife; names: LifeNames }) {
  switch (beat.kind) {
    case 'request':
      return <Line title={<strong className="font-medium">{names.policy(life.use_case)} code requested</strong>} />;
    case 'route':
      return <RouteDecision life={life} />;
    case 'branch':
      return <Branch beat={beat} life={life} />;
    case 'handed':
      return <Handed beat={beat} life={life} names={names} />;
    case 'no_answer':
      return (
        <Line title="The provider did not answer" tone="text-warn">
          <span>Unknown is not failed: it may yet arrive, so the timer decides.</span>
        </Line>
      );
    case 'refused': {
      const message = life.messages[beat.lane];
      return (
        <Line
          tone="text-bad"
          title={
            <>
              <strong className="font-medium">Refused</strong>
              {message?.reason ? <ReasonText reason={message.reason} providerCode={message.provider_code} /> : null}
            </>
          }
        >
          {message?.detail ? <span>“{message.detail}”</span> : null}
        </Line>
      );
    }
    case 'receipt':
      return <ReceiptLine beat={beat} life={life} />;
    case 'stayed':
      return (
        <Line
          title={
            <span className="text-ink-2">{STAYED[beat.why] ?? `No fallback: ${spaced(beat.why).toLowerCase()}`}</span>
          }
        >
          {beat.cause ? (
            <span>The timer was set by: {CAUSE_WORDS[beat.cause] ?? spaced(beat.cause).toLowerCase()}.</span>
          ) : null}
        </Line>
      );
    case 'check':
      return <CheckLine beat={beat} life={life} />;
    case 'end':
      return (
        <Line title={<strong className="font-medium">{STATUS_WORDS[life.status]}</strong>}>
          {life.end_reason ? <span>{wordFor(END_WORDS, life.end_reason)}.</span> : null}
          {beat.failure ? (
            <span>
              {beat.failure.channel ? `${CHANNEL_WORDS[beat.failure.channel]} failed last: ` : 'Failed last: '}
              <ReasonText reason={beat.failure.reason} providerCode={beat.failure.providerCode} />
            </span>
          ) : null}
          {life.status === 'undeliverable' ? <span>{stillCounts(life)}</span> : null}
        </Line>
      );
    case 'waiting':
      return null;
  }
}

/** A code that is undeliverable may arrive after all, and counts unless somebody took it back. */
function stillCounts(life: VerificationLife): string {
  const withdrawn = life.decisions.find(({ kind }) => kind === 'code_withdrawn');
  if (!withdrawn) return 'A right code before the expiry would still be approved.';
  return `Its code no longer counts: ${wordFor(END_WORDS, String(withdrawn.detail.why)).toLowerCase()}.`;
}

const STAYED: Record<string, string> = {
  arrived: 'No fallback needed: it had arrived',
  in_flight: 'No fallback yet: a newer message is on its way',
  last_step: 'No fallback: this was the last channel of the route',
  fallback_off: 'No fallback: it is switched off on this route',
  switch_offered: 'No fallback: the user chose this channel, and may switch to another with a resend',
  storm_guard: 'No fallback for now: receipts are silent everywhere, so this silence says nothing',
};

const CAUSE_WORDS: Record<string, string> = { timeout: 'silence', failed: 'a failure', lost: 'a process that died' };

function RouteDecision({ life }: { life: VerificationLife }) {
  const skipped = life.decisions.filter(({ kind }) => kind === 'skipped');
  return (
    <Line
      title={
        <>
          <span className="text-ink-2">Route</span>
          {life.route.map((channel, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a route may name a channel twice.
            <span key={index} className="inline-flex items-center gap-2">
              {index > 0 ? <ArrowRight aria-label="then" className="size-3 text-ink-3" /> : null}
              <ChannelBadge channel={channel} />
            </span>
          ))}
        </>
      }
    >
      {life.decisions.map(({ kind, detail }) => {
        if (kind !== 'route' || !isNote(detail.override)) return null;
        return (
          <span key="override" className="text-warn">
            Fallback first, put in place by hand: {detail.override.reason}
          </span>
        );
      })}
      {skipped.map(({ detail }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the list is frozen with the verification.
        <span key={index}>
          {wordFor(CHANNEL_WORDS, String(detail.channel))} left out: {wordFor(SKIP_WORDS, String(detail.why))}
        </span>
      ))}
    </Line>
  );
}

const isNote = (value: unknown): value is { reason: string } =>
  typeof value === 'object' && value !== null && 'reason' in value && typeof value.reason === 'string';

function Branch({ beat, life }: { beat: Extract<Beat, { kind: 'branch' }>; life: VerificationLife }) {
  const from = life.messages[beat.from];
  const to = life.messages[beat.to];
  if (!from || !to) return null;
  const isResend = beat.cause === 'resend';
  const isSameChannel = from.channel === to.channel;
  return (
    <div
      className={classNames(
        'relative -mt-0.5 rounded-control px-3 py-2.5',
        isResend ? 'bg-mute-soft' : SOFT[to.channel],
      )}
    >
      <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <strong className={classNames('font-semibold text-base', isResend ? 'text-ink' : INK[to.channel])}>
          {isResend
            ? isSameChannel
              ? 'Sent again'
              : `Sent again over ${CHANNEL_WORDS[to.channel]}`
            : `Fell back to ${CHANNEL_WORDS[to.channel]}`}
        </strong>
        {beat.afterMs === null ? null : (
          <span className="text-ink-2 text-sm">
            {beat.cause === 'timeout' ? 'after ' : null}
            <span className="num text-ink">{duration(beat.afterMs)}</span>
            {beat.cause === 'timeout' ? ' of silence' : ' after the failure'}
          </span>
        )}
      </p>
      <p className="mt-0.5 text-pretty text-ink-2 text-xs">
        <Because cause={beat.cause} from={from} failure={beat.failure} />
        {beat.passedOver.map((connection) => (
          <span key={connection}>
            {' '}
            {connection} was passed over: {SKIP_WORDS.breaker_open}.
          </span>
        ))}
      </p>
    </div>
  );
}

const SOFT: Record<Channel, string> = {
  whatsapp: 'bg-whatsapp-soft',
  sms: 'bg-sms-soft',
  email: 'bg-email-soft',
  voice: 'bg-voice-soft',
};
const INK: Record<Channel, string> = {
  whatsapp: 'text-whatsapp',
  sms: 'text-sms',
  email: 'text-email',
  voice: 'text-voice',
};

function Because({
  cause,
  from,
  failure,
}: {
  cause: BranchCause;
  from: VerificationLife['messages'][number];
  failure: Failure | null;
}) {
  const channel = CHANNEL_WORDS[failure?.channel ?? from.channel];
  // Decisions of an earlier version do not hold the failure: what is known of the message has to do.
  const reason = failure?.reason ?? from.reason;
  const providerCode = failure ? failure.providerCode : from.provider_code;
  switch (cause) {
    case 'failed':
      return (
        <>
          {channel} failed: {reason ? <ReasonText reason={reason} providerCode={providerCode} /> : 'no reason given'}
        </>
      );
    case 'timeout':
      return (
        <>No proof of delivery over {channel} in time. It may still arrive; the next channel does not wait for it.</>
      );
    case 'lost':
      return <>The process that held the message died; another one took over.</>;
    case 'resend':
      return <>The app asked for it.</>;
  }
}

function Handed({
  beat,
  life,
  names,
}: {
  beat: Extract<Beat, { kind: 'handed' }>;
  life: VerificationLife;
  names: LifeNames;
}) {
  const message = life.messages[beat.lane];
  if (!message) return null;
  const template = names.template(message.template);
  return (
    <Line
      title={
        <>
          <ChannelBadge channel={message.channel} />
          <span>
            handed to {wordFor(PROVIDER_WORDS, message.provider)}
            {beat.answerMs === null ? '' : ', accepted'}
          </span>
          {beat.answerMs === null ? null : (
            <span className="text-ink-3 text-xs">
              in <span className="num">{duration(beat.answerMs)}</span>
            </span>
          )}
        </>
      }
    >
      {message.connection ? <span>{message.connection}</span> : null}
      <span>
        template{' '}
        {template.href ? (
          <Link href={template.href} prefetch={false} className="break-all underline">
            {template.name}
          </Link>
        ) : (
          <span className="break-all">{template.name}</span>
        )}
      </span>
      <span className="num">{message.locale}</span>
      {message.segments > 1 ? <span>{message.segments} segments</span> : null}
      <span>
        price <span className="num">{money(message.price_micros)}</span>
        {message.state === 'failed' && message.cost_micros === 0 ? ', not charged' : ''}
      </span>
    </Line>
  );
}

const RECEIPT_TITLES = {
  accepted: 'Accepted',
  sent: 'Sent',
  delivered: 'Delivered',
  read: 'Read',
  failed: 'Failed',
} as const;

function ReceiptLine({ beat, life }: { beat: Extract<Beat, { kind: 'receipt' }>; life: VerificationLife }) {
  const message = life.messages[beat.lane];
  if (!message) return null;
  const receipt = message.receipts.find(({ status }) => status === beat.status);
  const isLate = beat.status !== 'failed' && life.messages.length > beat.lane + 1 && wasAfterBranch(beat, life);
  return (
    <Line
      tone={beat.status === 'failed' ? 'text-bad' : ''}
      title={
        <>
          <strong className="font-medium">{RECEIPT_TITLES[beat.status]}</strong>
          <span className={classNames('text-xs', INK[message.channel])}>{CHANNEL_WORDS[message.channel]}</span>
          {receipt?.reason ? <ReasonText reason={receipt.reason} providerCode={receipt.provider_code} /> : null}
          {isLate && (beat.status === 'delivered' || beat.status === 'read') ? (
            <Badge tone="warn">after the fallback: a duplicate</Badge>
          ) : null}
        </>
      }
    >
      <span>
        {beat.clock === 'ours' ? (
          <>the provider's clock cannot be right, so this is when its receipt came</>
        ) : beat.lagMs < 1 ? (
          'dated by our own clock'
        ) : (
          <>
            receipt came {beat.isCoarse ? 'within ' : ''}
            <span className="num">{duration(beat.lagMs)}</span>
            {beat.isCoarse ? '' : ' later'}
          </>
        )}
      </span>
      {beat.isStale ? <span>changed nothing: better news was known</span> : null}
      {beat.status === 'failed' && message.detail ? <span>“{message.detail}”</span> : null}
    </Line>
  );
}

function wasAfterBranch(beat: Extract<Beat, { kind: 'receipt' }>, life: VerificationLife): boolean {
  const next = life.messages[beat.lane + 1];
  return next !== undefined && beat.at > Date.parse(next.submitted_at);
}

const CHECK_TITLES = {
  approved: 'Right code: approved',
  mismatch: 'Wrong code',
  expired: 'Checked after the expiry',
  locked: 'Wrong code: locked',
  closed: 'Checked after the end',
} as const;

function CheckLine({ beat, life }: { beat: Extract<Beat, { kind: 'check' }>; life: VerificationLife }) {
  const used = life.checks.filter(({ number }) => number !== null).length;
  const checksMax = life.checks_remaining > 0 ? used + life.checks_remaining : null;
  return (
    <Line
      tone={beat.outcome === 'approved' ? 'text-good' : beat.outcome === 'mismatch' ? '' : 'text-warn'}
      title={
        <strong className={beat.outcome === 'approved' ? 'font-semibold text-base' : 'font-medium'}>
          {CHECK_TITLES[beat.outcome]}
        </strong>
      }
    >
      <span>
        {beat.number === null ? 'not compared' : `check ${beat.number}${checksMax ? ` of ${checksMax}` : ''}`}
      </span>
    </Line>
  );
}
