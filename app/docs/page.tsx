import type { Metadata } from 'next';
import Link from 'next/link';
import { connection } from 'next/server';
import type { ReactNode } from 'react';
import { API, type ApiOperation } from '@/lib/contract/api';
import { EXAMPLES } from '@/lib/contract/examples';
import { env } from '@/lib/env';
import { Code, LanguageChoice } from './call-panel';
import { GROUPS } from './groups';
import { Operation } from './operation';

export const metadata: Metadata = { title: 'API reference' };

/** The public API, from the same table that parses its requests. */
export default async function ApiReferencePage() {
  // The address is of the process that serves, not of the one that built.
  await connection();
  const baseUrl = env().WATCHWORD_PUBLIC_URL;
  return (
    <LanguageChoice>
      <div className="grid gap-x-12 lg:grid-cols-[12rem_minmax(0,1fr)]">
        <nav aria-label="On this page" className="hidden lg:block">
          <div className="sticky top-6 max-h-[calc(100dvh-3rem)] overflow-y-auto pb-6 text-sm">
            <Contents title="Begin" links={GUIDE.map(({ id, title }) => ({ href: `#${id}`, title }))} />
            {GROUPS.map(({ title, names }) => (
              <Contents
                key={title}
                title={title}
                links={names.map((name) => ({
                  href: `#${name}`,
                  title: shortName(name, names),
                  method: API[name].method,
                }))}
              />
            ))}
          </div>
        </nav>
        <div className="min-w-0">
          <h1 className="font-semibold text-2xl text-ink tracking-tight">API reference</h1>
          <div className="mt-6 grid grid-cols-[minmax(0,1fr)] gap-8 xl:grid-cols-[repeat(2,minmax(0,1fr))]">
            {GUIDE.map(({ id, title, text }) => (
              <section key={id} aria-labelledby={id} className="max-w-prose text-ink-2 text-sm">
                <h2 id={id} className="scroll-mt-6 font-semibold text-base text-ink">
                  {title}
                </h2>
                {text}
              </section>
            ))}
          </div>
          {GROUPS.map(({ title, names }) => (
            <section key={title} aria-label={title} className="mt-12">
              <h2 className="pb-4 font-semibold text-ink text-xl tracking-tight">{title}</h2>
              {names.map((name) => (
                <Operation
                  key={name}
                  name={name}
                  operation={API[name] as ApiOperation}
                  example={EXAMPLES[name]}
                  baseUrl={baseUrl}
                />
              ))}
            </section>
          ))}
        </div>
      </div>
    </LanguageChoice>
  );
}

/** Its verb alone, where several of its group are about one thing. */
const shortName = (name: string, group: readonly string[]): string => {
  const thing = name.split('.')[0];
  return group.length > 1 && group.every((other) => other.startsWith(`${thing}.`))
    ? name.slice(`${thing}.`.length)
    : name;
};

function Contents({ title, links }: { title: string; links: { href: string; title: string; method?: string }[] }) {
  return (
    <div className="mb-5">
      <p className="mb-1 text-ink-3 text-xs">{title}</p>
      <ul>
        {links.map((link) => (
          <li key={link.href}>
            <a href={link.href} className="flex min-h-6 items-baseline gap-1.5 py-0.5 text-ink-2 hover:text-ink">
              {link.method && <span className="w-8 shrink-0 font-mono text-2xs text-ink-3">{link.method}</span>}
              <span className={link.method ? 'truncate font-mono text-xs' : undefined}>{link.title}</span>
            </a>
          </li>
        ))}
      </ul>
    </div>
  );
}

const mono = (text: string) => <code className="font-mono text-ink">{text}</code>;

const GUIDE: { id: string; title: string; text: ReactNode }[] = [
  {
    id: 'begin',
    title: 'Two calls',
    text: (
      <>
        <p className="mt-2">
          Issue a code when somebody wants in. Check what they type. Let them in when the outcome is {mono('approved')},
          and for nothing else.
        </p>
        <div className="my-3 rounded-panel border border-line bg-surface">
          <Code label="The two calls">{`POST /api/v1/verifications             {"to": "+5511987654321"}
POST /api/v1/verifications/{id}/check  {"code": "482915"}
→ {"outcome": "approved", …}`}</Code>
        </div>
        <p>
          Between the two, offer “send again” after {mono('resend_after')} and the channels of {mono('switch_to')}.
          Whatever fails on the way is Watchword’s to mend: it falls back by the country’s route.
        </p>
      </>
    ),
  },
  {
    id: 'keys',
    title: 'Keys',
    text: (
      <>
        <p className="mt-2">
          {mono('Authorization: Bearer ww_live_…')} or {mono('ww_test_…')}. Make them under{' '}
          <Link className="underline decoration-line-strong underline-offset-2 hover:text-ink" href="/apps">
            Apps and keys
          </Link>
          ; each is shown once. A test key goes the whole way and sends nothing: the right code is all zeros.
        </p>
        <p className="mt-2">
          Keys belong on your server. A phone or a browser asks your server, and your server asks Watchword, with the
          user’s address in {mono('client.ip')}.
        </p>
      </>
    ),
  },
  {
    id: 'retries',
    title: 'Asking again',
    text: (
      <>
        <p className="mt-2">
          Send an {mono('Idempotency-Key')} with every POST that you may repeat, and repeat it with the same one after a
          time-out, a 5xx or a connection that broke: it happens once, and the first answer comes back with{' '}
          {mono('Idempotent-Replayed: true')}, for 24 hours. Refusals (4xx) are not kept. While the first request is
          still running, a second one waits for its answer where it issues a code, and is refused with 409{' '}
          {mono('idempotency_in_flight')} elsewhere.
        </p>
        <p className="mt-2">
          429 and 503, and 409 {mono('idempotency_in_flight')}, say when in {mono('Retry-After')} (seconds) and in{' '}
          {mono('error.retry_after')}. What else begins with a 4 will not work a second time, but for a 408.
        </p>
      </>
    ),
  },
  {
    id: 'answers',
    title: 'Answers',
    text: (
      <>
        <p className="mt-2">
          JSON, times in ISO 8601 UTC, money in whole millionths of a dollar ({mono('cost_micros')}). Unknown fields and
          parameters are refused, new fields of answers may come at any time. Every answer has an {mono('X-Request-Id')}
          : send your own, or quote ours.
        </p>
        <p className="mt-2">
          A wrong code is an outcome and not an error. Errors have{' '}
          <Link className="underline decoration-line-strong underline-offset-2 hover:text-ink" href="/docs/errors">
            one shape and a catalogue
          </Link>
          . Lists are read page by page: give {mono('next_after')} as {mono('starting_after')} until it is null.
        </p>
      </>
    ),
  },
];
