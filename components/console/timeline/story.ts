import type { MessageResource, VerificationLife } from '@/lib/contract/verifications';
import type { Channel } from '@/lib/domain/channel';
import type { ReceiptStatus } from '@/lib/domain/message/states';
import type { CheckOutcome } from '@/lib/domain/verification/states';

export type BranchCause = 'failed' | 'timeout' | 'lost' | 'resend';

/** A failure as a decision keeps it: `channel` is that of the message that failed. */
export type Failure = { channel: Channel | null; reason: string; providerCode: string | null };

/** One thing that happened, in the order in which a person wants to read it. `lane` is the message it belongs to. */
export type Beat =
  | { kind: 'request'; at: number }
  | { kind: 'route'; at: number }
  /** The code left one channel for the next: the heart of the picture. `afterMs` is the time since what caused it. */
  | {
      kind: 'branch';
      at: number;
      from: number;
      to: number;
      cause: BranchCause;
      afterMs: number | null;
      passedOver: readonly string[];
      /** What the decision says failed; null: nothing did, or it was made before decisions said so. */
      failure: Failure | null;
    }
  | { kind: 'handed'; at: number; lane: number; answerMs: number | null }
  | { kind: 'no_answer'; at: number; lane: number }
  | { kind: 'refused'; at: number; lane: number }
  | {
      kind: 'receipt';
      at: number;
      lane: number;
      status: ReceiptStatus;
      lagMs: number;
      clock: 'theirs' | 'ours';
      isCoarse: boolean;
      isStale: boolean;
    }
  | { kind: 'stayed'; at: number; why: string; cause: string }
  | { kind: 'check'; at: number; outcome: CheckOutcome; number: number | null }
  | { kind: 'end'; at: number; failure: Failure | null }
  | { kind: 'waiting'; at: number };

export type Segment = 'none' | 'solid' | 'silent';
export type Lane = { channel: Channel; index: number };
export type StoryRow = {
  beat: Beat;
  /** The lane whose line the row's mark stands on. */
  lane: number;
  /** Per lane: its line above and below the mark. */
  lines: { above: Segment; below: Segment }[];
};

/** More lanes than this are drawn on top of the last one: a verification has at most four steps and a few resends. */
export const LANES_MAX = 6;

const ms = (iso: string) => Date.parse(iso);
const RANK: Record<ReceiptStatus, number> = { accepted: 0, sent: 1, delivered: 2, read: 3, failed: 4 };

/**
 * When a receipt's fact was true. The provider's clock counts as long as it is possible; a clock that puts the fact
 * before our hand-over or after our own receipt is wrong, and then ours counts. Meta counts in whole seconds: such a
 * time is only known to the second, and the hand-over may lie inside it.
 */
export function moment(
  message: MessageResource,
  receipt: { at: string; received_at: string },
): { at: number; clock: 'theirs' | 'ours'; isCoarse: boolean } {
  const handed = ms(message.submitted_at);
  const theirs = ms(receipt.at);
  const ours = ms(receipt.received_at);
  const isCoarse = theirs % 1000 === 0;
  if (isCoarse && theirs < handed && theirs + 1000 > handed)
    return { at: Math.min(handed, ours), clock: 'theirs', isCoarse };
  return theirs < handed || theirs > ours
    ? { at: ours, clock: 'ours', isCoarse }
    : { at: theirs, clock: 'theirs', isCoarse };
}

/** Everything that happened to a verification as beats, oldest first. */
export function beatsOf(life: VerificationLife, now: number): Beat[] {
  const created = ms(life.created_at);
  const beats: { beat: Beat; order: number }[] = [];
  const add = (beat: Beat, order: number) => beats.push({ beat, order });

  add({ kind: 'request', at: created }, 0);
  if (life.decisions.some(({ kind }) => kind === 'route')) add({ kind: 'route', at: created }, 1);

  life.messages.forEach((message, lane) => {
    const handedAt = Math.max(created, ms(message.submitted_at));
    if (lane > 0) {
      const from = lane - 1;
      const cause = branchCause(life, message);
      const passedOver = passedOverFor(life, message);
      add(
        {
          kind: 'branch',
          at: handedAt,
          from,
          to: lane,
          cause,
          afterMs: afterMs(life, from, cause, handedAt),
          passedOver,
          failure: failureOf(life, fallbackOf(life, message)),
        },
        10 + lane * 10,
      );
    }
    const answeredAt = message.answered_at ? ms(message.answered_at) : null;
    const wasRefused = message.state === 'failed' && !message.receipts.some(({ status }) => status === 'failed');
    const isUnknown = message.state === 'unknown';
    const answerMs = answeredAt === null || wasRefused || isUnknown ? null : Math.max(0, answeredAt - handedAt);
    add({ kind: 'handed', at: handedAt, lane, answerMs }, 11 + lane * 10);
    if (wasRefused) {
      const at = answeredAt ?? (message.failed_at ? ms(message.failed_at) : handedAt);
      add({ kind: 'refused', at: Math.max(handedAt, at), lane }, 12 + lane * 10);
    }
    if (isUnknown && answeredAt !== null) add({ kind: 'no_answer', at: answeredAt, lane }, 12 + lane * 10);
    for (const receipt of message.receipts) {
      if (receipt.status === 'accepted') continue;
      const { at, clock, isCoarse } = moment(message, receipt);
      const beat: Beat = {
        kind: 'receipt',
        at,
        lane,
        status: receipt.status,
        lagMs: ms(receipt.received_at) - at,
        clock,
        isCoarse,
        isStale: receipt.decision === 'stale',
      };
      add(beat, 13 + lane * 10 + RANK[receipt.status]);
    }
  });

  for (const { kind, at, detail } of life.decisions) {
    if (kind === 'no_fallback')
      add({ kind: 'stayed', at: ms(at), why: String(detail.why ?? ''), cause: String(detail.cause ?? '') }, 500);
  }
  for (const check of life.checks)
    add({ kind: 'check', at: ms(check.at), outcome: check.outcome, number: check.number }, 600);

  const endedByCheck = life.status === 'approved' && life.checks.some(({ outcome }) => outcome === 'approved');
  if (life.status === 'pending') add({ kind: 'waiting', at: now }, 900);
  else if (!endedByCheck) {
    const failure = failureOf(
      life,
      life.decisions.find(({ kind }) => kind === 'undeliverable'),
    );
    add({ kind: 'end', at: life.ended_at ? ms(life.ended_at) : now, failure }, 800);
  }

  return beats.sort((a, b) => a.beat.at - b.beat.at || a.order - b.order).map(({ beat }) => beat);
}

/** The decision behind a message, where it was made by a fallback. */
function fallbackOf(
  life: VerificationLife,
  message: MessageResource,
): VerificationLife['decisions'][number] | undefined {
  return life.decisions.find(({ kind, detail }) => kind === 'fallback' && detail.message_id === message.id);
}

function failureOf(
  life: VerificationLife,
  decision: VerificationLife['decisions'][number] | undefined,
): Failure | null {
  const { reason, provider_code: code, failed_message_id: id } = decision?.detail ?? {};
  if (typeof reason !== 'string') return null;
  const channel = life.messages.find((message) => message.id === id)?.channel ?? null;
  return { channel, reason, providerCode: typeof code === 'string' ? code : null };
}

/** The connections of its channel that a message went around. */
function passedOverFor(life: VerificationLife, message: MessageResource): string[] {
  const passed: unknown = fallbackOf(life, message)?.detail.passed_over;
  return Array.isArray(passed) ? passed.map(({ connection }) => String(connection)) : [];
}

function branchCause(life: VerificationLife, message: MessageResource): BranchCause {
  if (message.cause === 'resend') return 'resend';
  const cause = fallbackOf(life, message)?.detail.cause;
  return cause === 'failed' || cause === 'lost' ? cause : 'timeout';
}

/** From the cause to the next send: our own promptness for a failure, the silence itself for a timeout. */
function afterMs(life: VerificationLife, from: number, cause: BranchCause, at: number): number | null {
  const message = life.messages[from];
  if (!message || cause === 'lost' || cause === 'resend') return null;
  if (cause === 'timeout') return at - ms(message.submitted_at);
  const report =
    message.receipts.find(({ status }) => status === 'failed')?.received_at ?? message.answered_at ?? message.failed_at;
  return report ? Math.max(0, at - ms(report)) : null;
}

/** The beats with the lines beside them: which lane runs on, which ended, and which went silent. */
export function tellStory(life: VerificationLife, now: number): { lanes: Lane[]; rows: StoryRow[] } {
  const beats = beatsOf(life, now);
  const lanes = life.messages.map(({ channel }, index) => ({ channel, index: Math.min(index, LANES_MAX - 1) }));
  const count = Math.max(1, Math.min(lanes.length, LANES_MAX));

  let current = 0;
  const laneOf = beats.map((beat) => {
    if (beat.kind === 'branch') {
      current = Math.min(beat.to, LANES_MAX - 1);
      return Math.min(beat.from, LANES_MAX - 1);
    }
    if ('lane' in beat) return Math.min(beat.lane, LANES_MAX - 1);
    return current;
  });

  const rows = beats.map((beat, row): StoryRow => {
    const lines = Array.from({ length: count }, (_, lane) => {
      const touches = beats.flatMap((each, index) =>
        laneOf[index] === lane || (each.kind === 'branch' && Math.min(each.to, LANES_MAX - 1) === lane) ? [index] : [],
      );
      const first = touches[0] ?? beats.length;
      const last = touches.at(-1) ?? -1;
      const isBranchInto = beats[first]?.kind === 'branch' && laneOf[first] !== lane;
      const style = (upper: number, lower: number): Segment => {
        if (upper < first || lower > last) return 'none';
        return isSilent(beats, laneOf, lane, upper) ? 'silent' : 'solid';
      };
      return {
        above: row === 0 || (isBranchInto && row === first) ? ('none' as const) : style(row - 1, row),
        below: row === beats.length - 1 ? ('none' as const) : style(row, row + 1),
      };
    });
    return { beat, lane: laneOf[row] ?? 0, lines };
  });
  return { lanes, rows };
}

/** After the branch away from a lane, and after a last sign of life before a timeout, its line is only a hope. */
function isSilent(beats: Beat[], laneOf: number[], lane: number, upper: number): boolean {
  const leaves = beats.findIndex((beat) => beat.kind === 'branch' && Math.min(beat.from, LANES_MAX - 1) === lane);
  if (leaves === -1) return false;
  const branch = beats[leaves];
  if (upper >= leaves) return true;
  const lastSign = beats.reduce(
    (found, _beat, index) => (index < leaves && laneOf[index] === lane ? index : found),
    -1,
  );
  return branch?.kind === 'branch' && branch.cause !== 'resend' && upper >= lastSign;
}

/** The channels that may have carried the code that was entered: exactly one when only one had arrived by then. */
export function convertedBy(life: VerificationLife): Channel[] {
  if (!life.approved_at) return [];
  const approved = ms(life.approved_at);
  const arrived = life.messages.filter((message) => {
    const at = [message.delivered_at, message.read_at].flatMap((time) => (time ? [ms(time)] : []));
    return at.some((time) => time <= approved + 1000);
  });
  return [...new Set(arrived.map(({ channel }) => channel))];
}

/** First proof of arrival after the first hand-over, milliseconds; null while there is none. */
export function timeToDeliverMs(life: VerificationLife): number | null {
  const first = life.messages[0];
  const arrivals = life.messages.flatMap((message) =>
    message.receipts
      .filter(({ status }) => status === 'delivered' || status === 'read')
      .map((receipt) => moment(message, receipt).at),
  );
  return first && arrivals.length > 0 ? Math.max(0, Math.min(...arrivals) - ms(first.submitted_at)) : null;
}

/** The channel that a silent timer would bring next; null after the last. A step that stands in for another is followed by what follows that one. */
export function nextChannelOf(life: VerificationLife): Channel | null {
  const step = life.messages.at(-1)?.step;
  if (step === undefined) return null;
  const steps = life.decisions.find(({ kind }) => kind === 'route')?.detail.steps;
  const taken: unknown = Array.isArray(steps) ? steps[step]?.fails_over_for : null;
  return life.route[(typeof taken === 'number' ? taken : step) + 1] ?? null;
}
