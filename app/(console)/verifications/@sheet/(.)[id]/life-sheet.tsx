'use client';

import { ArrowDown, ArrowUp, Maximize2, X } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { type ReactNode, useEffect, useRef } from 'react';
import { areKeysOff, isTyping } from '@/components/console/shell/keys';
import { Button, buttonStyle } from '@/components/ui/button';

const rowOf = (id: string) => document.querySelector<HTMLAnchorElement>(`a[data-row][href*="/${CSS.escape(id)}"]`);

/**
 * A modal of the browser's own: it keeps the focus inside and the list behind inert. J and K, the arrows and the buttons step through the
 * list in its order; the history keeps one entry for all of them, so that back, Escape and the button close it.
 */
export function LifeSheet({ id, href, children }: { id: string; href: string; children: ReactNode }) {
  const router = useRouter();
  const dialog = useRef<HTMLDialogElement>(null);
  const shown = useRef(id);
  shown.current = id;

  useEffect(() => {
    const sheet = dialog.current;
    if (sheet && !sheet.open) sheet.showModal();
    return () => {
      sheet?.close();
      // The row that was looked at last, which need not be the one that was opened.
      const last = shown.current;
      requestAnimationFrame(() => rowOf(last)?.focus());
    };
  }, []);
  // Another verification begins at its top.
  useEffect(() => {
    dialog.current?.querySelector('[data-scroll]')?.scrollTo(0, 0);
    rowOf(id)?.scrollIntoView({ block: 'nearest' });
  }, [id]);

  const close = () => router.back();
  const step = (direction: 1 | -1) => {
    const rows = [...document.querySelectorAll<HTMLAnchorElement>('a[data-row]')];
    const row = rowOf(id);
    const at = row ? rows.indexOf(row) : -1;
    const next = at < 0 ? undefined : rows[at + direction]?.getAttribute('href');
    if (next) router.replace(next, { scroll: false });
  };

  return (
    <dialog
      ref={dialog}
      aria-label="Verification"
      data-sheet=""
      onCancel={(event) => {
        event.preventDefault();
        close();
      }}
      onClick={(event) => {
        if (event.target === dialog.current) close();
      }}
      onKeyDown={(event) => {
        if (event.metaKey || event.ctrlKey || event.altKey || isTyping(event.target)) return;
        const isOff = areKeysOff();
        if ((event.key === 'j' && !isOff) || event.key === 'ArrowRight') step(1);
        else if ((event.key === 'k' && !isOff) || event.key === 'ArrowLeft') step(-1);
        else return;
        event.preventDefault();
      }}
      className="my-0 mr-0 ml-auto h-dvh max-h-none w-[min(46rem,100vw)] max-w-none animate-slide-in border-line border-y-0 border-r-0 border-l bg-paper p-0 text-ink shadow-lift"
    >
      <div className="flex h-full flex-col">
        <header className="flex shrink-0 items-center gap-1 border-line border-b bg-surface py-1.5 pr-2 pl-4 sm:pl-6">
          <h2 className="font-medium text-sm">Verification</h2>
          <span className="ml-auto flex items-center gap-1">
            <Button
              tone="quiet"
              size="icon"
              aria-label="Next in the list"
              title="Next in the list (J)"
              onClick={() => step(1)}
            >
              <ArrowDown aria-hidden="true" className="size-4" />
            </Button>
            <Button
              tone="quiet"
              size="icon"
              aria-label="Previous in the list"
              title="Previous in the list (K)"
              onClick={() => step(-1)}
            >
              <ArrowUp aria-hidden="true" className="size-4" />
            </Button>
            {/* A whole new load of the same address: that is its page. */}
            <a href={href} aria-label="Open as a page" className={buttonStyle({ tone: 'quiet', size: 'icon' })}>
              <Maximize2 aria-hidden="true" className="size-4" />
            </a>
            <Button tone="quiet" size="icon" aria-label="Close" onClick={close}>
              <X aria-hidden="true" className="size-4" />
            </Button>
          </span>
        </header>
        <div data-scroll="" className="min-h-0 flex-1 overflow-y-auto px-4 pt-4 pb-12 sm:px-6">
          {children}
        </div>
      </div>
    </dialog>
  );
}
