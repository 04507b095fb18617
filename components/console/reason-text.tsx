import { spaced } from '@/components/console/words';
import { FAILURE_REASONS, type FailureReason } from '@/lib/domain/message/reasons';

const WHOSE = { recipient: 'this phone', provider: 'the provider', ours: 'our setup' } as const;

/** Why a message failed: our words, whose matter it is, and the provider's own code for whoever has to look it up. */
export function ReasonText({ reason, providerCode }: { reason: string; providerCode?: string | null }) {
  const known = reason in FAILURE_REASONS ? FAILURE_REASONS[reason as FailureReason] : null;
  return (
    <span>
      {known ? known.title : spaced(reason)}
      {providerCode ? <span className="num ml-1.5 text-ink-3 text-xs">{providerCode}</span> : null}
      {known ? <span className="text-ink-3"> · {WHOSE[known.group]}</span> : null}
    </span>
  );
}
