import { Ban, Check, CheckCheck, Lock, Timer, X } from 'lucide-react';
import type { CSSProperties } from 'react';
import type { Lane, Segment, StoryRow } from '@/components/console/timeline/story';
import { classNames } from '@/components/ui/class-names';
import type { Channel } from '@/lib/domain/channel';
import type { VerificationStatus } from '@/lib/domain/verification/states';

const FIRST = 13;
const STEP = 30;
/** Distance of a row's mark from its top: the middle of its first line of text. */
const MARK = 17;
const BEND = 66;

export const LANE_INK: Record<Channel, string> = {
  whatsapp: 'var(--whatsapp-mark)',
  sms: 'var(--sms-mark)',
  email: 'var(--email-mark)',
  voice: 'var(--voice-mark)',
};

export const laneX = (lane: number) => FIRST + lane * STEP;
export const gutterWidth = (lanes: number) => FIRST * 2 + Math.max(0, lanes - 1) * STEP;

function line(segment: Segment, ink: string): CSSProperties {
  if (segment === 'solid') return { background: ink };
  return { backgroundImage: `repeating-linear-gradient(to bottom, ${ink} 0 2px, transparent 2px 7px)`, opacity: 0.75 };
}

/** The rail beside a row: one line per message, the mark of what happened, and the bend where the code changed channel. */
export function Gutter({ row, lanes, status }: { row: StoryRow; lanes: Lane[]; status: VerificationStatus }) {
  const ink = (lane: number) =>
    LANE_INK[lanes.find(({ index }) => index === lane)?.channel ?? 'whatsapp'] ?? 'var(--mute-mark)';
  const neutral = lanes.length === 0 ? 'var(--line-strong)' : null;
  const bend =
    row.beat.kind === 'branch'
      ? { from: laneX(row.lane), to: laneX(Math.min(row.beat.to, 5)), lane: Math.min(row.beat.to, 5) }
      : null;

  return (
    <div aria-hidden="true" className="relative self-stretch" style={{ width: gutterWidth(row.lines.length) }}>
      {row.lines.map(({ above, below }, lane) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lanes are numbered.
        <span key={lane} className="contents">
          {above === 'none' ? null : (
            <span
              className="absolute w-[3px] -translate-x-1/2"
              style={{ left: laneX(lane), top: 0, height: MARK, ...line(above, neutral ?? ink(lane)) }}
            />
          )}
          {below === 'none' ? null : (
            <span
              className="absolute bottom-0 w-[3px] -translate-x-1/2"
              style={{
                left: laneX(lane),
                top: bend?.lane === lane ? BEND : MARK,
                ...line(below, neutral ?? ink(lane)),
              }}
            />
          )}
        </span>
      ))}
      {bend ? (
        <svg
          aria-hidden="true"
          className="absolute top-0 left-0 overflow-visible"
          width={gutterWidth(row.lines.length)}
          height={BEND}
        >
          <defs>
            <linearGradient id={`bend-${bend.from}-${bend.to}`} x1="0" y1="0" x2="1" y2="1">
              <stop offset="0" stopColor={ink(row.lane)} />
              <stop offset="0.55" stopColor={ink(bend.lane)} />
            </linearGradient>
          </defs>
          <path
            d={`M${bend.from} ${MARK}C${bend.from} ${MARK + 32} ${bend.to} ${BEND - 32} ${bend.to} ${BEND}`}
            fill="none"
            stroke={`url(#bend-${bend.from}-${bend.to})`}
            strokeWidth="3"
            strokeLinecap="round"
          />
        </svg>
      ) : null}
      <Mark row={row} ink={neutral ?? ink(row.lane)} status={status} />
    </div>
  );
}

function Mark({ row, ink, status }: { row: StoryRow; ink: string; status: VerificationStatus }) {
  const at = { left: laneX(row.lane), top: MARK };
  const { beat } = row;
  const isArrival = beat.kind === 'receipt' && (beat.status === 'delivered' || beat.status === 'read');
  const isFailure = beat.kind === 'refused' || (beat.kind === 'receipt' && beat.status === 'failed');

  if (isFailure) {
    return (
      <Disc at={at} className="bg-bad-mark text-surface">
        <X strokeWidth={3} className="size-3" />
      </Disc>
    );
  }
  if (isArrival) {
    return (
      <Disc at={at} className="border-2 bg-surface" style={{ borderColor: ink, color: ink }}>
        <CheckCheck strokeWidth={2.8} className="size-3" />
      </Disc>
    );
  }
  if (beat.kind === 'check') {
    if (beat.outcome === 'approved') {
      return (
        <Disc at={at} className="size-6 bg-good-mark text-surface ring-4 ring-good-soft">
          <Check strokeWidth={3.2} className="size-3.5" />
        </Disc>
      );
    }
    return (
      <span
        className="absolute size-2.5 -translate-x-1/2 -translate-y-1/2 rotate-45 bg-warn-mark ring-2 ring-surface"
        style={at}
      />
    );
  }
  if (beat.kind === 'end') {
    const Icon = status === 'locked' ? Lock : status === 'undeliverable' ? Ban : Timer;
    return (
      <Disc
        at={at}
        className={classNames(
          'size-6 text-surface',
          status === 'undeliverable'
            ? 'bg-bad-mark'
            : status === 'locked'
              ? 'bg-warn-mark'
              : status === 'approved'
                ? 'bg-good-mark'
                : 'bg-mute-mark',
        )}
      >
        <Icon strokeWidth={2.6} className="size-3.5" />
      </Disc>
    );
  }
  if (beat.kind === 'waiting') {
    return (
      <span className="absolute -translate-x-1/2 -translate-y-1/2" style={at}>
        <span className="block size-2.5 animate-breathe rounded-full bg-wait-mark ring-4 ring-wait-soft" />
      </span>
    );
  }
  if (beat.kind === 'branch') return null;
  if (beat.kind === 'request') {
    return (
      <span
        className="absolute size-3 -translate-x-1/2 -translate-y-1/2 rounded-full border-[3px] bg-surface"
        style={{ ...at, borderColor: ink }}
      />
    );
  }
  const isQuiet = beat.kind === 'route' || beat.kind === 'stayed';
  return (
    <span
      className={classNames(
        'absolute -translate-x-1/2 -translate-y-1/2 rounded-full ring-2 ring-surface',
        isQuiet ? 'size-1.5' : 'size-2.5',
      )}
      style={{ ...at, background: beat.kind === 'no_answer' ? 'var(--warn-mark)' : ink }}
    />
  );
}

function Disc({
  at,
  className,
  style,
  children,
}: {
  at: CSSProperties;
  className: string;
  style?: CSSProperties;
  children: React.ReactNode;
}) {
  return (
    <span
      className={classNames(
        'absolute inline-flex size-5 -translate-x-1/2 -translate-y-1/2 items-center justify-center rounded-full',
        className,
      )}
      style={{ ...at, ...style }}
    >
      {children}
    </span>
  );
}
