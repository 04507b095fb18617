import { cva, type VariantProps } from 'class-variance-authority';
import type { ComponentProps } from 'react';
import { classNames } from '@/components/ui/class-names';

/** The look of a button, for links that act as one. */
export const buttonStyle = cva(
  'inline-flex shrink-0 select-none items-center justify-center gap-1.5 whitespace-nowrap rounded-control font-medium transition-[background-color,border-color,color,opacity] duration-100 disabled:cursor-not-allowed disabled:opacity-50 aria-disabled:opacity-50 [&_svg]:shrink-0',
  {
    variants: {
      tone: {
        primary: 'border border-transparent bg-ink text-paper hover:bg-ink-2',
        secondary: 'border border-line-strong bg-raised text-ink hover:bg-hover hover:border-control',
        quiet: 'border border-transparent text-ink-2 hover:bg-hover hover:text-ink',
        danger: 'border border-line-strong bg-raised text-bad hover:border-bad-mark hover:bg-bad-soft',
      },
      size: {
        small: 'h-7 px-2 text-xs',
        medium: 'h-8 px-3 text-sm',
        large: 'h-10 px-4 text-base',
        icon: 'size-8 text-sm',
        'icon-small': 'size-7 text-xs',
      },
    },
    defaultVariants: { tone: 'secondary', size: 'medium' },
  },
);

export type ButtonProps = ComponentProps<'button'> & VariantProps<typeof buttonStyle> & { isBusy?: boolean };

/** A button. While busy it keeps its focus, takes no pointer and says so. */
export function Button({ tone, size, className, isBusy = false, type = 'button', children, ...rest }: ButtonProps) {
  return (
    <button
      {...rest}
      type={type}
      aria-busy={isBusy || undefined}
      aria-disabled={isBusy || undefined}
      className={classNames(buttonStyle({ tone, size }), isBusy && 'pointer-events-none', className)}
    >
      {isBusy ? <Spinner /> : null}
      {children}
    </button>
  );
}

export function Spinner() {
  return (
    <svg viewBox="0 0 16 16" aria-hidden="true" className="size-3.5 animate-spin">
      <circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" strokeOpacity="0.25" strokeWidth="2" />
      <path d="M8 2a6 6 0 0 1 6 6" fill="none" stroke="currentColor" strokeWidth="2" strokeLinecap="round" />
    </svg>
  );
}
