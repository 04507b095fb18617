import { count, duration } from '@/components/console/format';
import type { LifetimeFit } from '@/lib/domain/stats/lifetime-fit';
import type { Share } from '@/lib/domain/stats/wilson';
import { lifetimeWords } from '../../config/policies/words';

/** What a lifetime did to those who entered a code, in a sentence or two. The late ones are said as "at most": their codes cannot be judged any more. */
export function lifetimeSentence(fit: LifetimeFit | null, lifetimeSeconds: number | null): string {
  if (!fit || lifetimeSeconds === null) return 'This use case is not configured any more: its lifetime is not known.';
  const { answered, late, neededMs } = fit;
  if (!answered || !late) return 'Nobody entered a code in this range.';
  const lifetime = lifetimeWords(lifetimeSeconds);
  const said =
    late.hits === 0
      ? `All ${count(answered.n)} who entered a code were in time${fit.beyond > 0 ? `, ${count(fit.beyond)} of them when codes lived longer than ${lifetime}` : ''}.`
      : `${nearly(answered.share)} of ${count(answered.n)} were in time${interval(answered)}; ${count(late.hits)} came when the code had died.`;
  const longer = (ms: number | null) => (ms === null ? `more than ${lifetime}` : duration(ms));
  const { p95, p99 } = neededMs;
  const needs =
    p95 === null
      ? ` Even 95 of 100 would need ${longer(null)}.`
      : ` 95 of 100 need ${longer(p95)}, 99 of 100 ${longer(p99)}.`;
  return `${said}${needs}`;
}

/** Never rounded up to all: somebody was late. */
function nearly(share: number): string {
  const text = (share * 100).toFixed(1);
  return `${text === '100.0' ? '99.9' : text} %`;
}
const interval = ({ low, high }: Share) => ` (${(low * 100).toFixed(1)}–${(high * 100).toFixed(1)} %)`;
