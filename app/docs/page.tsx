import type { Metadata } from 'next';
import Link from 'next/link';
import { API, type ApiOperation } from '@/lib/contract/api';
import { describeFields } from '@/lib/contract/fields';

export const metadata: Metadata = { title: 'API reference' };

/** The public API, from the same table that parses its requests. */
export default function ApiReferencePage() {
  const operations = Object.entries(API) as [string, ApiOperation][];
  return (
    <>
      <h1 className="font-semibold text-2xl text-ink tracking-tight">API reference</h1>
      <p className="mt-2 max-w-prose text-ink-2 text-sm">
        JSON over HTTPS with <code className="font-mono">Authorization: Bearer ww_live_…</code> or{' '}
        <code className="font-mono">ww_test_…</code>. A test key sends nothing and takes the code of zeros. Send{' '}
        <code className="font-mono">Idempotency-Key</code> with every POST that you may retry.
      </p>
      {operations.map(([name, operation]) => (
        <section key={name} aria-labelledby={name} className="mt-8 border-line border-t pt-6">
          <h2 id={name} className="font-semibold text-ink text-lg">
            {operation.summary}
          </h2>
          <p className="mt-1 overflow-x-auto whitespace-nowrap font-mono text-ink text-sm">
            <span className="text-accent">{operation.method}</span> {operation.path}
          </p>
          <p className="mt-1 text-ink-3 text-xs">
            Answers {operation.status}
            {operation.permission ? ` · needs ${operation.permission}` : ' · open'}
          </p>
          <Fields title="Body" schema={operation.body} />
          <Fields title="Query" schema={operation.query} />
          {operation.refusals.length > 0 && (
            <p className="mt-3 text-ink-2 text-sm">
              Refuses with{' '}
              {operation.refusals.map((code, n) => (
                <span key={code}>
                  {n > 0 && ', '}
                  <Link
                    className="font-mono underline decoration-line-strong underline-offset-2 hover:text-ink"
                    href={`/docs/errors#${code}`}
                  >
                    {code}
                  </Link>
                </span>
              ))}
              .
            </p>
          )}
        </section>
      ))}
    </>
  );
}

function Fields({ title, schema }: { title: string; schema: ApiOperation['body'] }) {
  const fields = schema ? describeFields(schema) : [];
  if (fields.length === 0) return null;
  return (
    <table className="mt-4 w-full text-left text-sm">
      <caption className="pb-1 text-left text-ink-3 text-xs">{title}</caption>
      <tbody className="divide-y divide-line border-line border-y">
        {fields.map((field) => (
          <tr key={field.name}>
            <th scope="row" className="w-48 py-2 pr-4 align-top font-mono font-normal text-ink">
              {field.name}
              {field.isRequired && <span className="text-ink-3"> · required</span>}
            </th>
            <td className="py-2 text-ink-2">
              <span className="font-mono">{field.type}</span>
              {field.description && <span> · {field.description}</span>}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
