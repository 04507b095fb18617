import Link from 'next/link';
import { Fragment, type ReactNode } from 'react';
import type { z } from 'zod';
import type { ApiOperation } from '@/lib/contract/api';
import type { ApiExample } from '@/lib/contract/examples';
import { describeFields, type FieldDescription } from '@/lib/contract/fields';
import { isLiveOnly, scopeOf } from '@/lib/contract/openapi';
import { CallPanel } from './call-panel';
import { LANGUAGES, type Language, requestIn } from './requests';

/** One call: what it does, what it takes and gives, what it refuses with, and a call that runs as it stands. */
export function Operation({
  name,
  operation,
  example,
  baseUrl,
}: {
  name: string;
  operation: ApiOperation;
  example: ApiExample;
  baseUrl: string;
}) {
  const scope = scopeOf(operation);
  return (
    <section
      aria-labelledby={name}
      className="grid gap-x-10 gap-y-5 border-line border-t grid-cols-[minmax(0,1fr)] py-10 xl:grid-cols-[repeat(2,minmax(0,1fr))]"
    >
      <div className="min-w-0">
        <h3 id={name} className="scroll-mt-6 font-semibold text-ink text-lg">
          {operation.summary}
        </h3>
        <p className="mt-1.5 flex flex-wrap items-baseline gap-x-2 font-mono text-sm">
          <span className="text-accent">{operation.method}</span>
          <span className="break-all text-ink">{operation.path}</span>
        </p>
        <p className="mt-3 max-w-prose text-ink-2 text-sm">
          <Words text={operation.description} />
        </p>
        <p className="mt-2 text-ink-3 text-xs">
          {scope ? (
            <>
              Needs a {isLiveOnly(operation) ? 'live key' : 'key'} with the scope{' '}
              <code className="font-mono text-ink-2">{scope}</code>
            </>
          ) : (
            'Needs no key'
          )}
          {operation.idempotency && ' · takes an Idempotency-Key'}
        </p>
        <Fields title="Body" fields={fieldsOf(operation.body, 'input')} />
        <Fields title="Query" fields={fieldsOf(operation.query, 'input')} />
        <Fields title="Answer" fields={fieldsOf(operation.result, 'output')} isFolded />
        {operation.refusals.length > 0 && (
          <p className="mt-4 text-ink-2 text-sm">
            Refuses with{' '}
            {operation.refusals.map((code, n) => (
              <Fragment key={code}>
                {n > 0 && ', '}
                <Link
                  className="break-all font-mono underline decoration-line-strong underline-offset-2 hover:text-ink"
                  href={`/docs/errors#${code}`}
                >
                  {code}
                </Link>
              </Fragment>
            ))}
            .
          </p>
        )}
      </div>
      <div className="min-w-0 xl:sticky xl:top-6 xl:self-start">
        <CallPanel
          title={operation.summary}
          requests={
            Object.fromEntries(
              LANGUAGES.map((language) => [language, requestIn(language, baseUrl, operation, example)]),
            ) as Record<Language, string>
          }
          status={operation.status}
          answer={JSON.stringify(example.answer, null, 2)}
        />
      </div>
    </section>
  );
}

const fieldsOf = (schema: z.ZodType | undefined, io: 'input' | 'output') => (schema ? describeFields(schema, io) : []);

function Fields({
  title,
  fields,
  isFolded = false,
}: {
  title: string;
  fields: FieldDescription[];
  isFolded?: boolean;
}) {
  if (fields.length === 0) return null;
  const table = (
    <table className="mt-2 w-full text-left text-sm">
      <caption className={isFolded ? 'sr-only' : 'pb-1 text-left font-medium text-ink text-xs'}>{title}</caption>
      <tbody className="divide-y divide-line border-line border-y">
        {fields.map((field) => (
          <tr key={field.name}>
            <th scope="row" className="w-2/5 break-words py-2 pr-4 align-top font-mono font-normal text-ink text-xs">
              <Path name={field.name} depth={field.depth} />
              {!isFolded && field.isRequired && <span className="text-ink-3"> required</span>}
            </th>
            <td className="py-2 text-ink-2">
              <span className="font-mono text-xs">{field.type}</span>
              {field.description && (
                <span className="block text-ink-3 text-xs">
                  <Words text={field.description} />
                </span>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
  if (!isFolded) return <div className="mt-4">{table}</div>;
  return (
    <details className="mt-4">
      <summary className="inline-flex min-h-6 cursor-pointer items-center font-medium text-ink text-xs">
        {title} <span className="ml-1.5 font-normal text-ink-3">{fields.length} fields</span>
      </summary>
      {table}
    </details>
  );
}

/** A field under the one that holds it, which may break after its dots. */
function Path({ name, depth }: { name: string; depth: number }) {
  return (
    <span style={{ paddingLeft: `${depth * 0.75}rem` }} className="inline-block">
      {name.split('.').map((part, n) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: parts of one path, in order
        <Fragment key={n}>
          {n > 0 && (
            <>
              .<wbr />
            </>
          )}
          {part}
        </Fragment>
      ))}
    </span>
  );
}

/** Text in which backticks mark what a program says. */
export function Words({ text }: { text: string }): ReactNode {
  return text.split('`').map((part, n) =>
    n % 2 === 0 ? (
      part
    ) : (
      // biome-ignore lint/suspicious/noArrayIndexKey: parts of one text, in order
      <code key={n} className="font-mono text-ink-2">
        {part}
      </code>
    ),
  );
}
