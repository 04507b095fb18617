import { cva, type VariantProps } from 'class-variance-authority';
import type { ComponentProps } from 'react';
import { classNames } from '@/components/ui/class-names';

const badgeStyle = cva(
  'inline-flex h-5 items-center gap-1 whitespace-nowrap rounded-tag px-1.5 font-medium text-2xs [&_svg]:size-3 [&_svg]:shrink-0',
  {
    variants: {
      tone: {
        neutral: 'bg-mute-soft text-mute',
        outline: 'text-ink-2 ring-1 ring-line-strong ring-inset',
        accent: 'bg-accent-soft text-accent',
        good: 'bg-good-soft text-good',
        wait: 'bg-wait-soft text-wait',
        warn: 'bg-warn-soft text-warn',
        bad: 'bg-bad-soft text-bad',
      },
    },
    defaultVariants: { tone: 'neutral' },
  },
);

export type BadgeTone = NonNullable<VariantProps<typeof badgeStyle>['tone']>;

export function Badge({ tone, className, ...rest }: ComponentProps<'span'> & VariantProps<typeof badgeStyle>) {
  return <span {...rest} className={classNames(badgeStyle({ tone }), className)} />;
}
