import { Check, CheckCheck, Timer, X } from 'lucide-react';
import type { CSSProperties, ReactNode } from 'react';
import { CHANNEL_INK, ChannelGlyph } from '@/components/console/channel-badge';
import { duration, offset } from '@/components/console/format';
import { LANE_INK } from '@/components/console/timeline/gutter';
import { place, ticks } from '@/components/console/timeline/scale';
import { beatsOf, moment } from '@/components/console/timeline/story';
import { CHANNEL_WORDS, MESSAGE_WORDS } from '@/components/console/words';
import { classNames } from '@/components/ui/class-names';
import type { MessageResource, VerificationLife } from '@/lib/contract/verifications';

const ROW = 40;

/**
 * The same life in one glance: a line per message, running while there was hope, with the jump from one to the next.
 * Time runs on a square-root axis. The timeline below says the same in words, so this is a picture for the eye only.
 */
export function RelayStrip({ life, now }: { life: VerificationLife; now: number }) {
  const start = Date.parse(life.created_at);
  const events = beatsOf(life, now);
  const end = Math.max(...events.map(({ at }) => at), start + 2000);
  const span = end - start;
  const at = (time: number) => place(time - start, span);
  const height = life.messages.length * ROW;

  return (
    <figure aria-label={summary(life)} className="px-4 pt-4 pb-3">
      <div aria-hidden="true" className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-3">
        <div className="flex flex-col">
          {life.messages.map((message) => (
            <span
              key={message.id}
              style={{ height: ROW }}
              className={classNames('flex items-center gap-1.5 text-xs', CHANNEL_INK[message.channel])}
            >
              <ChannelGlyph channel={message.channel} />
              <span className="hidden font-medium sm:inline">{CHANNEL_WORDS[message.channel]}</span>
            </span>
          ))}
        </div>
        <div className="relative mr-3" style={{ height: height + 22 }}>
          {[{ atMs: 0, left: 0 }, ...ticks(span)].map((tick, index) => (
            <span
              key={tick.atMs}
              className={classNames(
                'absolute top-0 flex flex-col items-start',
                index > 0 && index % 2 === 0 && 'hidden sm:flex',
              )}
              style={{ left: `${tick.left}%` }}
            >
              <span className="w-px border-line-strong border-l border-dashed" style={{ height }} />
              <span className={classNames('num mt-1 text-2xs text-ink-3', index > 0 && '-translate-x-1/2')}>
                {index === 0 ? '0' : duration(tick.atMs).replace(/\.0+(?=\D)/, '')}
              </span>
            </span>
          ))}
          {life.messages.slice(1).map((message, index) => (
            <Jump key={message.id} message={message} lane={index + 1} left={at(Date.parse(message.submitted_at))} />
          ))}
          {life.messages.map((message, lane) => (
            <MessageLine key={message.id} message={message} lane={lane} life={life} at={at} end={end} />
          ))}
          <Checks life={life} at={at} />
          <span className="num absolute right-0 bg-surface pl-1 text-2xs text-ink-2" style={{ top: height + 4 }}>
            {offset(span)}
          </span>
        </div>
      </div>
    </figure>
  );
}

type At = (time: number) => number;

function MessageLine({
  message,
  lane,
  life,
  at,
  end,
}: {
  message: MessageResource;
  lane: number;
  life: VerificationLife;
  at: At;
  end: number;
}) {
  const ink = LANE_INK[message.channel];
  const moments = message.receipts
    .filter(({ status }) => status !== 'accepted')
    .map((receipt) => ({ ...receipt, ...moment(message, receipt) }));
  const from = Date.parse(message.submitted_at);
  const failed = message.state === 'failed';
  const answered = Date.parse((failed ? message.failed_at : null) ?? message.answered_at ?? message.submitted_at);
  const lastNews = moments.length > 0 ? Math.max(from, ...moments.map((each) => each.at)) : Math.max(from, answered);
  const isNewest = lane === life.messages.length - 1;
  const arrived = moments.some(({ status }) => status === 'delivered' || status === 'read');
  // After its last news a line is a hope: until the next channel takes over, or until the end.
  const next = life.messages[lane + 1];
  const until =
    next && !arrived
      ? Math.max(lastNews, Date.parse(next.submitted_at))
      : !failed && (isNewest || arrived)
        ? end
        : lastNews;
  const y = lane * ROW + ROW / 2;
  return (
    <>
      <span
        className="absolute h-[3px] -translate-y-1/2 rounded-full"
        style={{ top: y, left: `${at(from)}%`, width: `${at(lastNews) - at(from)}%`, background: ink }}
      />
      {until > lastNews ? (
        <span
          className="absolute h-[3px] -translate-y-1/2"
          style={{
            top: y,
            left: `${at(lastNews)}%`,
            width: `${at(until) - at(lastNews)}%`,
            ...(arrived && isNewest
              ? { background: ink, opacity: 0.3 }
              : {
                  backgroundImage: `repeating-linear-gradient(to right, ${ink} 0 2px, transparent 2px 7px)`,
                  opacity: 0.7,
                }),
          }}
        />
      ) : null}
      <Dot left={at(from)} top={y} style={{ background: ink }} />
      {moments.map((each) =>
        each.status === 'sent' ? (
          <Dot key={each.status} left={at(each.at)} top={y} style={{ background: ink }} />
        ) : (
          <Token
            key={each.status}
            left={at(each.at)}
            top={y}
            className={each.status === 'failed' ? 'bg-bad-mark text-surface' : 'border-2 bg-surface'}
            style={each.status === 'failed' ? {} : { borderColor: ink, color: ink }}
          >
            {each.status === 'failed' ? (
              <X strokeWidth={3} className="size-2.5" />
            ) : (
              <CheckCheck strokeWidth={2.8} className="size-2.5" />
            )}
          </Token>
        ),
      )}
      {failed && !moments.some(({ status }) => status === 'failed') ? (
        <Token left={at(lastNews)} top={y} className="bg-bad-mark text-surface">
          <X strokeWidth={3} className="size-2.5" />
        </Token>
      ) : null}
    </>
  );
}

/** From the line above down to the beginning of this one. */
function Jump({ message, lane, left }: { message: MessageResource; lane: number; left: number }) {
  const top = (lane - 1) * ROW + ROW / 2;
  return (
    <svg
      aria-hidden="true"
      className="absolute overflow-visible"
      style={{ left: `${left}%`, top, width: 1, height: ROW }}
    >
      <path
        d={`M-12 0C2 0 -14 ${ROW} 0 ${ROW}`}
        fill="none"
        stroke={LANE_INK[message.channel]}
        strokeWidth="2.5"
        strokeLinecap="round"
      />
    </svg>
  );
}

function Checks({ life, at }: { life: VerificationLife; at: At }) {
  const y = Math.max(0, life.messages.length - 1) * ROW + ROW / 2;
  return (
    <>
      {life.checks.map((check, index) =>
        check.outcome === 'approved' ? (
          <Token
            key={check.at}
            left={at(Date.parse(check.at))}
            top={y}
            className="size-5 bg-good-mark text-surface ring-2 ring-surface"
          >
            <Check strokeWidth={3.2} className="size-3" />
          </Token>
        ) : (
          <span
            // biome-ignore lint/suspicious/noArrayIndexKey: two checks may share a millisecond.
            key={index}
            className="absolute size-2 -translate-x-1/2 -translate-y-1/2 rotate-45 bg-warn-mark ring-2 ring-surface"
            style={{ left: `${at(Date.parse(check.at))}%`, top: y }}
          />
        ),
      )}
      {life.status === 'expired' && life.ended_at ? (
        <Token
          left={at(Date.parse(life.ended_at))}
          top={y}
          className="size-5 bg-mute-mark text-surface ring-2 ring-surface"
        >
          <Timer strokeWidth={2.8} className="size-3" />
        </Token>
      ) : null}
    </>
  );
}

function Dot({ left, top, style }: { left: number; top: number; style: CSSProperties }) {
  return (
    <span
      className="absolute size-2 -translate-x-1/2 -translate-y-1/2 rounded-full ring-2 ring-surface"
      style={{ left: `${left}%`, top, ...style }}
    />
  );
}

function Token({
  left,
  top,
  className,
  style,
  children,
}: {
  left: number;
  top: number;
  className: string;
  style?: CSSProperties;
  children: ReactNode;
}) {
  return (
    <span
      className={classNames(
        'absolute inline-flex size-4 -translate-x-1/2 -translate-y-1/2 items-center justify-center rounded-full',
        className,
      )}
      style={{ left: `${left}%`, top, ...style }}
    >
      {children}
    </span>
  );
}

function summary(life: VerificationLife): string {
  const trail = life.messages
    .map(({ channel, state }) => `${CHANNEL_WORDS[channel]} ${MESSAGE_WORDS[state].toLowerCase()}`)
    .join(', then ');
  return `${trail || 'Nothing was sent'}; the verification is ${life.status}.`;
}
