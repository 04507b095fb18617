import { CHANNEL_WORDS } from '@/components/console/words';
import { classNames } from '@/components/ui/class-names';
import type { Channel } from '@/lib/domain/channel';

export const CHANNEL_INK: Record<Channel, string> = {
  whatsapp: 'text-whatsapp',
  sms: 'text-sms',
  email: 'text-email',
  voice: 'text-voice',
};

const SOFT: Record<Channel, string> = {
  whatsapp: 'bg-whatsapp-soft text-whatsapp',
  sms: 'bg-sms-soft text-sms',
  email: 'bg-email-soft text-email',
  voice: 'bg-voice-soft text-voice',
};

/** Our own drawings: a round bubble with a handset for WhatsApp, a square one with text for SMS. Told apart by outline, not only by colour. */
export function ChannelGlyph({ channel, className }: { channel: Channel; className?: string }) {
  return (
    <svg
      viewBox="0 0 16 16"
      aria-hidden="true"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.4"
      strokeLinecap="round"
      strokeLinejoin="round"
      className={classNames('size-4 shrink-0', className)}
    >
      {GLYPHS[channel]}
    </svg>
  );
}

const GLYPHS: Record<Channel, React.ReactNode> = {
  whatsapp: (
    <>
      <path d="M2.2 13.800 3 10.900a5.900 5.900 0 1 1 2.200 2.150Z" />
      <path
        d="M6.150 5.500c.35-.3.700-.15.850.2l.35.8c.1.25 0 .45-.2.65-.25.25-.2.4 0 .7.350.5.750.900 1.300 1.150.3.150.450.150.650-.100.200-.250.400-.350.700-.200l.750.400c.350.200.400.500.150.900-.400.600-1.100.750-1.850.500C7.300 10 6 8.700 5.600 7.150c-.150-.650.050-1.250.550-1.650Z"
        fill="currentColor"
        stroke="none"
      />
    </>
  ),
  sms: (
    <>
      <path d="M3.500 2.700h9a1.300 1.300 0 0 1 1.300 1.300v6a1.300 1.300 0 0 1-1.300 1.300H7.400L4.600 13.800v-2.500H3.500A1.300 1.300 0 0 1 2.200 10V4a1.300 1.300 0 0 1 1.300-1.300Z" />
      <path d="M5.100 5.800h5.800M5.100 8.200h3.600" />
    </>
  ),
  email: (
    <>
      <rect x="2" y="3.500" width="12" height="9" rx="1.300" />
      <path d="m2.500 4.500 5.500 4.200 5.500-4.200" />
    </>
  ),
  voice: (
    <path d="M5 2.500H3.500a1 1 0 0 0-1 1.100c.4 5 4.900 9.500 9.900 9.900a1 1 0 0 0 1.100-1V11l-2.800-1.200-1.200 1.300A8 8 0 0 1 4.900 6.500L6.200 5.300Z" />
  ),
};

export function ChannelBadge({ channel, className }: { channel: Channel; className?: string }) {
  return (
    <span
      className={classNames(
        'inline-flex h-5 items-center gap-1 whitespace-nowrap rounded-tag px-1.5 font-medium text-2xs',
        SOFT[channel],
        className,
      )}
    >
      <ChannelGlyph channel={channel} className="size-3.5" />
      {CHANNEL_WORDS[channel]}
    </span>
  );
}
