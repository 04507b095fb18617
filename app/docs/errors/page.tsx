import type { Metadata } from 'next';
import { ERROR_CODES, ERRORS } from '@/lib/domain/errors';

export const metadata: Metadata = { title: 'Errors' };

/** The catalogue behind every `doc_url`, from the table that the code refuses with. */
export default function ErrorsPage() {
  return (
    <>
      <h1 className="font-semibold text-2xl text-ink tracking-tight">Errors</h1>
      <p className="mt-2 max-w-prose text-ink-2 text-sm">
        Every refusal has one shape: <code className="font-mono">error.code</code> below, a message for people, the
        parameter at fault, and the request id to quote. A wrong code is not an error: checks answer 200 with an
        outcome.
      </p>
      <dl className="mt-6 divide-y divide-line border-line border-y">
        {ERROR_CODES.map((code) => {
          const { status, type, title, retry } = ERRORS[code];
          return (
            <div
              key={code}
              id={code}
              className="grid scroll-mt-4 gap-1 py-3 target:bg-accent-soft sm:grid-cols-[16rem_1fr]"
            >
              <dt className="font-mono text-ink text-sm">{code}</dt>
              <dd className="text-ink-2 text-sm">
                <span className="text-ink">{title}.</span> <span className="font-mono">{status}</span> · {type}
                <br />
                {retry === 'later'
                  ? 'The same request may work later; honour Retry-After.'
                  : 'The same request will not work; change it.'}
              </dd>
            </div>
          );
        })}
      </dl>
    </>
  );
}
