'use client';

import { X } from 'lucide-react';
import { type ReactNode, type RefObject, useEffect, useId, useRef } from 'react';
import { Button } from '@/components/ui/button';
import { classNames } from '@/components/ui/class-names';

const SHAPE = {
  dialog: 'm-auto max-h-[85dvh] w-[min(30rem,calc(100vw-2rem))] rounded-panel animate-arrive',
  wide: 'm-auto max-h-[85dvh] w-[min(46rem,calc(100vw-2rem))] rounded-panel animate-arrive',
  sheet: 'my-0 mr-0 ml-auto h-dvh max-h-none w-[min(26rem,100vw)] border-y-0 border-r-0 animate-slide-in',
  drawer: 'my-0 mr-auto ml-0 h-dvh max-h-none w-[min(16rem,85vw)] border-y-0 border-l-0',
} as const;

/**
 * The browser's own modal: it traps focus, closes on Escape, gives focus back and makes the rest of the page inert.
 * `sheet` slides in from the right, `drawer` stands on the left.
 */
export function Dialog({
  title,
  isOpen,
  onClose,
  shape = 'dialog',
  hideTitle = false,
  returnTo,
  children,
}: {
  title: string;
  isOpen: boolean;
  onClose: () => void;
  shape?: keyof typeof SHAPE;
  hideTitle?: boolean;
  /** Where the focus goes on closing, if not to what had it before: that was a menu's item, which is gone by then. */
  returnTo?: RefObject<HTMLElement | null>;
  children: ReactNode;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const body = useRef<HTMLDivElement>(null);
  const headingId = useId();

  useEffect(() => {
    if (isOpen && !dialog.current?.open) {
      dialog.current?.showModal();
      focusFirst(body.current);
    }
    if (!isOpen && dialog.current?.open) dialog.current.close();
  }, [isOpen]);

  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the click is on the backdrop; Escape does the same for keyboards, by the browser itself.
    <dialog
      ref={dialog}
      aria-labelledby={headingId}
      onClose={() => {
        onClose();
        returnTo?.current?.focus();
      }}
      onClick={(event) => {
        if (event.target === dialog.current) onClose();
      }}
      className={classNames('border border-line bg-raised p-0 text-ink shadow-lift', SHAPE[shape])}
    >
      <div className="flex max-h-[inherit] flex-col">
        <header
          className={classNames(
            'flex items-center gap-3 border-line border-b py-2 pr-2 pl-4',
            hideTitle && 'absolute top-1 right-1 z-10 border-b-0 p-0',
          )}
        >
          <h2 id={headingId} className={classNames('font-medium text-base', hideTitle && 'sr-only')}>
            {title}
          </h2>
          <Button tone="quiet" size="icon" aria-label="Close" className="ml-auto" onClick={onClose}>
            <X aria-hidden="true" className="size-4" />
          </Button>
        </header>
        <div ref={body} className={classNames('overflow-y-auto', !hideTitle && 'p-4')}>
          {children}
        </div>
      </div>
    </dialog>
  );
}

/** The browser would choose the button that closes: what one types then goes nowhere. */
function focusFirst(body: HTMLElement | null): void {
  const first =
    body?.querySelector<HTMLElement>(
      ':is(input:not([type="hidden"]), select, textarea):not(:disabled, [tabindex="-1"])',
    ) ?? body?.querySelector<HTMLElement>('button:not(:disabled), a[href], summary');
  first?.focus();
}

export function Sheet(props: Omit<Parameters<typeof Dialog>[0], 'shape'>) {
  return <Dialog {...props} shape="sheet" />;
}
