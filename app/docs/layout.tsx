import Link from 'next/link';
import type { ReactNode } from 'react';
import { Wordmark } from '@/components/console/sign';

export default function DocsLayout({ children }: { children: ReactNode }) {
  return (
    <div className="mx-auto max-w-7xl px-6 py-6">
      <header className="flex items-center justify-between gap-4 border-line border-b pb-4">
        <Link href="/" aria-label="Watchword, the console">
          <Wordmark />
        </Link>
        <nav aria-label="Documents" className="flex gap-4 text-ink-2 text-sm">
          <Link className="inline-flex min-h-6 items-center hover:text-ink" href="/docs">
            API reference
          </Link>
          <Link className="inline-flex min-h-6 items-center hover:text-ink" href="/docs/errors">
            Errors
          </Link>
          <a className="inline-flex min-h-6 items-center hover:text-ink" href="/api/v1/openapi.json">
            OpenAPI
          </a>
        </nav>
      </header>
      <main className="py-8">{children}</main>
    </div>
  );
}
