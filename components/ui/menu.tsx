'use client';

import { Check } from 'lucide-react';
import { DropdownMenu as Radix } from 'radix-ui';
import type { ComponentProps, ReactNode } from 'react';
import { classNames } from '@/components/ui/class-names';

const itemStyle =
  'relative flex min-h-8 select-none items-center gap-2 rounded-tag px-2 text-ink text-sm outline-none data-[disabled]:text-ink-3 data-[highlighted]:bg-hover [&_svg]:shrink-0';

export function Menu({
  trigger,
  children,
  align = 'start',
  isOpenAtFirst = false,
  className,
}: {
  trigger: ReactNode;
  children: ReactNode;
  align?: 'start' | 'end';
  isOpenAtFirst?: boolean;
  className?: string;
}) {
  return (
    <Radix.Root modal={false} defaultOpen={isOpenAtFirst}>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          align={align}
          sideOffset={5}
          collisionPadding={8}
          className={classNames(
            'z-50 max-h-(--radix-dropdown-menu-content-available-height) min-w-48 animate-arrive overflow-y-auto rounded-control border border-line-strong bg-raised p-1 shadow-lift',
            className,
          )}
        >
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

export function MenuItem({ className, ...rest }: ComponentProps<typeof Radix.Item>) {
  return <Radix.Item {...rest} className={classNames(itemStyle, className)} />;
}

/** A choice that can be on together with others; the menu stays open, so several can be set in one go. */
export function MenuCheck({ children, ...rest }: ComponentProps<typeof Radix.CheckboxItem>) {
  return (
    <Radix.CheckboxItem
      {...rest}
      onSelect={(event) => event.preventDefault()}
      className={classNames(itemStyle, 'pl-8')}
    >
      <Tick />
      {children}
    </Radix.CheckboxItem>
  );
}

export function MenuRadioGroup(props: ComponentProps<typeof Radix.RadioGroup>) {
  return <Radix.RadioGroup {...props} />;
}

export function MenuRadio({ children, ...rest }: ComponentProps<typeof Radix.RadioItem>) {
  return (
    <Radix.RadioItem {...rest} className={classNames(itemStyle, 'pl-8')}>
      <Tick isRound />
      {children}
    </Radix.RadioItem>
  );
}

export function MenuLabel({ children }: { children: ReactNode }) {
  return <Radix.Label className="px-2 pt-1.5 pb-1 text-2xs text-ink-3">{children}</Radix.Label>;
}

export function MenuSeparator() {
  return <Radix.Separator className="-mx-1 my-1 h-px bg-line" />;
}

function Tick({ isRound = false }: { isRound?: boolean }) {
  return (
    <span
      className={classNames(
        'absolute left-2 inline-flex size-4 items-center justify-center ring-1 ring-control ring-inset',
        isRound ? 'rounded-full' : 'rounded-tag',
      )}
    >
      <Radix.ItemIndicator>
        {isRound ? (
          <span className="block size-2 rounded-full bg-accent" />
        ) : (
          <Check aria-hidden="true" className="size-3 text-accent" strokeWidth={3} />
        )}
      </Radix.ItemIndicator>
    </span>
  );
}
