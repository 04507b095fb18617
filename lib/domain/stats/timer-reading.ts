import { LOW_SAMPLE_BELOW, wilson } from '@/lib/domain/stats/wilson';

/** What a country's fallback did over a range: counts of ended verifications; times of WhatsApp deliveries. */
export type TimerFigures = {
  /** 0: no timer. */
  afterSeconds: number;
  onFailed: boolean;
  hasNext: boolean;
  startedWhatsapp: number;
  fellBackTimeout: number;
  duplicated: number;
  /** WhatsApp’s time to deliver, also of those delivered after the fallback; null: nothing was delivered. */
  deliverP90Ms: number | null;
  deliverP99Ms: number | null;
  delivered: number;
};

export type TimerVerdict =
  | 'no_fallback'
  | 'no_timer'
  | 'unused'
  | 'low_sample'
  | 'never_silent'
  | 'too_short'
  | 'too_long'
  | 'fits';
export type TimerReading = { verdict: TimerVerdict; sentence: string };

/** With 95 % confidence at least this share of the fallbacks after silence were answered by WhatsApp as well. */
const MANY_DUPLICATES = 0.15;
/** At most this share: what was silent stayed silent. */
const FEW_DUPLICATES = 0.05;
/** 99 of 100 deliveries within this part of the timer: nobody is waited for in the rest. */
const LONG_BEFORE = 0.5;

/**
 * What the timer of a country seems to do, in a sentence. It accuses a timer only where the interval of the duplicates allows
 * it: under 30 fallbacks after silence it says that these are too few.
 */
export function readTimer(figures: TimerFigures): TimerReading {
  const { afterSeconds, onFailed, hasNext, startedWhatsapp, fellBackTimeout, duplicated } = figures;
  const { deliverP90Ms, deliverP99Ms, delivered } = figures;
  const say = (verdict: TimerVerdict, sentence: string): TimerReading => ({ verdict, sentence });

  if (!hasNext) return say('no_fallback', 'Nothing to fall back to: the route has no second channel in use.');
  if (afterSeconds === 0) {
    return say(
      'no_timer',
      onFailed
        ? 'No timer: the next channel is tried only when WhatsApp refuses or fails, never after silence.'
        : 'No timer, and no fallback on a failure: nothing is ever tried after WhatsApp.',
    );
  }
  const timer = `${afterSeconds} s`;
  const isDeliveryKnown = delivered >= LOW_SAMPLE_BELOW && deliverP90Ms !== null && deliverP99Ms !== null;
  const usual = isDeliveryKnown ? ` (p90 ${secondsOf(deliverP90Ms)})` : '';
  const tail = isDeliveryKnown ? ` (p90 ${secondsOf(deliverP90Ms)}, p99 ${secondsOf(deliverP99Ms)})` : '';
  const isLong = isDeliveryKnown && deliverP99Ms <= afterSeconds * 1000 * LONG_BEFORE;
  const wait = isLong
    ? `99 of 100 deliveries took at most ${secondsOf(deliverP99Ms)}: who gets none waits the rest of the ${timer} for nothing.`
    : '';

  // A duplicate after a failure is possible and rare: it would be counted against the timer, hence never more than there were.
  const share = wilson(Math.min(duplicated, fellBackTimeout), fellBackTimeout);
  if (!share) {
    if (startedWhatsapp === 0) return say('unused', 'No verification started on WhatsApp here.');
    if (startedWhatsapp < LOW_SAMPLE_BELOW) {
      return say(
        'low_sample',
        `Only ${verifications(startedWhatsapp)} started on WhatsApp: too few to judge the timer.`,
      );
    }
    if (isLong) return say('too_long', `Never silent for ${timer}. ${wait}`);
    return say(
      'never_silent',
      `No fallback after silence in ${verifications(startedWhatsapp)}: the timer was not needed.`,
    );
  }
  if (share.isLowSample) {
    return say('low_sample', `Only ${fallbacks(fellBackTimeout)} after silence: too few to judge the timer.`);
  }
  const duplicates = `Duplicates ${percent(share.share)} of timeouts`;
  if (share.low >= MANY_DUPLICATES) {
    const isShorter = isDeliveryKnown && deliverP90Ms > afterSeconds * 1000;
    return say(
      'too_short',
      isShorter
        ? `${duplicates}: the timer is shorter than the usual delivery${usual}.`
        : `${duplicates}: what is silent for ${timer} often still arrives${tail}.`,
    );
  }
  if (share.high <= FEW_DUPLICATES && isLong) return say('too_long', `${duplicates}. ${wait}`);
  return say(
    'fits',
    share.high <= FEW_DUPLICATES
      ? `${duplicates}: what is silent for ${timer} stays silent${usual}.`
      : `${duplicates}: within what a timer costs${usual}.`,
  );
}

const secondsOf = (ms: number) => `${ms < 9_950 ? (ms / 1000).toFixed(1) : Math.round(ms / 1000)} s`;
const percent = (share: number) => `${(share * 100).toFixed(share > 0 && share < 0.0995 ? 1 : 0)} %`;
const verifications = (n: number) => (n === 1 ? 'one verification' : `${n.toLocaleString('en-US')} verifications`);
const fallbacks = (n: number) => (n === 1 ? 'one fallback' : `${n.toLocaleString('en-US')} fallbacks`);
