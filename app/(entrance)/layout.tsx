import type { ReactNode } from 'react';
import { Wordmark } from '@/components/console/sign';
import { Relay } from './relay';

export default function EntranceLayout({ children }: { children: ReactNode }) {
  return (
    <div className="grid min-h-dvh lg:grid-cols-[minmax(26rem,5fr)_7fr]">
      <main className="flex flex-col bg-surface px-6 py-6 sm:px-10 lg:border-line lg:border-r">
        <Wordmark />
        <div className="mx-auto flex w-full max-w-[21rem] grow flex-col justify-center py-12">{children}</div>
        <p className="text-ink-3 text-xs">Self-hosted. Nothing on this page leaves this server.</p>
      </main>
      <aside aria-hidden="true" className="hidden items-center justify-center overflow-hidden p-12 lg:flex">
        <Relay />
      </aside>
    </div>
  );
}
