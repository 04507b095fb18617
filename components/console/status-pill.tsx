import { Ban, Check, CircleSlash, Clock, Lock, Timer } from 'lucide-react';
import { STATUS_WORDS } from '@/components/console/words';
import { Badge, type BadgeTone } from '@/components/ui/badge';
import type { VerificationStatus } from '@/lib/domain/verification/states';

/** Tone, and a mark of its own for each: nobody has to tell colours apart. */
const LOOK: Record<VerificationStatus, { tone: BadgeTone; icon: typeof Check }> = {
  pending: { tone: 'wait', icon: Clock },
  approved: { tone: 'good', icon: Check },
  expired: { tone: 'neutral', icon: Timer },
  locked: { tone: 'warn', icon: Lock },
  canceled: { tone: 'neutral', icon: CircleSlash },
  undeliverable: { tone: 'bad', icon: Ban },
};

export function StatusPill({ status }: { status: VerificationStatus }) {
  const { tone, icon: Icon } = LOOK[status];
  return (
    <Badge tone={tone}>
      <Icon aria-hidden="true" strokeWidth={2.4} className={status === 'pending' ? 'animate-breathe' : undefined} />
      {STATUS_WORDS[status]}
    </Badge>
  );
}
