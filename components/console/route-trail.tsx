import { Check, CheckCheck, ChevronRight, CircleHelp, Ellipsis, X } from 'lucide-react';
import { CHANNEL_INK, ChannelGlyph } from '@/components/console/channel-badge';
import { CHANNEL_WORDS, MESSAGE_WORDS } from '@/components/console/words';
import { classNames } from '@/components/ui/class-names';
import type { Channel } from '@/lib/domain/channel';
import type { MessageState } from '@/lib/domain/message/states';

const MARKS: Record<MessageState, { icon: typeof Check; look: string }> = {
  queued: { icon: Ellipsis, look: 'text-ink-3' },
  submitted: { icon: Ellipsis, look: 'text-ink-3' },
  unknown: { icon: CircleHelp, look: 'text-warn' },
  accepted: { icon: Ellipsis, look: 'text-ink-3' },
  sent: { icon: Check, look: 'text-ink-3' },
  failed: { icon: X, look: 'text-bad' },
  delivered: { icon: CheckCheck, look: 'text-good' },
  read: { icon: CheckCheck, look: 'text-accent' },
};

/** The way a code took, in one line: WhatsApp ✕ › SMS ✓✓. The marks are those of a messenger: one tick sent, two delivered. */
export function RouteTrail({ messages }: { messages: readonly { channel: Channel; state: MessageState }[] }) {
  if (messages.length === 0) return <span className="text-ink-3">–</span>;
  return (
    <ol className="flex items-center gap-1">
      {messages.map(({ channel, state }, index) => {
        const { icon: Icon, look } = MARKS[state];
        return (
          <li
            // biome-ignore lint/suspicious/noArrayIndexKey: messages of one verification never change places.
            key={index}
            className="flex items-center gap-1"
            title={`${CHANNEL_WORDS[channel]}: ${MESSAGE_WORDS[state].toLowerCase()}`}
          >
            {index > 0 ? <ChevronRight aria-hidden="true" className="size-3 text-ink-3" /> : null}
            <ChannelGlyph
              channel={channel}
              className={classNames(CHANNEL_INK[channel], state === 'failed' && 'opacity-60')}
            />
            <Icon aria-hidden="true" strokeWidth={2.4} className={classNames('size-3.5', look)} />
            <span className="sr-only">
              {CHANNEL_WORDS[channel]} {MESSAGE_WORDS[state].toLowerCase()}
            </span>
          </li>
        );
      })}
    </ol>
  );
}
