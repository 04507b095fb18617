'use client';

import { useActionState } from 'react';
import { ChangeList } from '@/components/console/configuration/change-list';
import { EmptyState } from '@/components/ui/empty-state';
import { Field } from '@/components/ui/field';
import { FormMessage } from '@/components/ui/form-message';
import { Panel, PanelHeading } from '@/components/ui/panel';
import { SubmitButton } from '@/components/ui/submit-button';
import { importTable } from './actions';

/** A file in two steps: first what it would change, then into the draft. */
export function ImportForm() {
  const [{ csv, changes, names, problems, message }, submit] = useActionState(importTable, {
    csv: '',
    changes: [],
    names: {},
    problems: [],
    message: null,
  });
  return (
    <div className="flex flex-col gap-6">
      <Panel>
        <form action={submit} className="flex flex-wrap items-end gap-4 p-4">
          <Field
            name="file"
            label="CSV file"
            className="min-w-64 flex-1"
            hint="As it was exported. Columns and lines may be missing; empty cells inherit. At most 1 MB."
          >
            {(wiring) => (
              <input
                {...wiring}
                name="file"
                type="file"
                accept=".csv,text/csv"
                className="text-sm file:mr-3 file:h-8 file:rounded-control file:border file:border-line-strong file:bg-raised file:px-3 file:font-medium file:text-ink"
              />
            )}
          </Field>
          <SubmitButton tone="secondary">See what it would change</SubmitButton>
        </form>
        {message ? (
          <FormMessage tone="bad" className="m-4 mt-0">
            {message}
          </FormMessage>
        ) : null}
      </Panel>
      {problems.length > 0 ? (
        <Panel>
          <PanelHeading title="Cells that cannot be read" hint="Mend them in the file and choose it again." />
          <ul className="divide-y divide-line text-sm">
            {problems.map(({ line, scope, column, message: said }) => (
              <li key={`${line} ${scope} ${column} ${said}`} className="flex flex-wrap gap-x-3 px-4 py-2">
                {line > 0 ? <span className="num text-ink-3">line {line}</span> : null}
                <span className="num">{[scope, column].filter(Boolean).join(' · ')}</span>
                <span className="text-bad">{said}</span>
              </li>
            ))}
          </ul>
        </Panel>
      ) : null}
      {csv === '' ? null : changes.length > 0 ? (
        <Panel>
          <PanelHeading
            title="What it would change"
            hint={`${changes.length} ${changes.length === 1 ? 'field' : 'fields'}`}
            aside={
              problems.length === 0 ? (
                <form action={submit}>
                  <input type="hidden" name="csv" value={csv} />
                  <input type="hidden" name="into" value="draft" />
                  <SubmitButton>Save to draft</SubmitButton>
                </form>
              ) : null
            }
          />
          <ChangeList changes={changes} entities={names} />
        </Panel>
      ) : problems.length === 0 ? (
        <Panel>
          <EmptyState title="The file changes nothing">It says what your draft says already.</EmptyState>
        </Panel>
      ) : null}
    </div>
  );
}
