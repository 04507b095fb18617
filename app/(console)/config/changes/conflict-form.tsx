'use client';

import { useActionState } from 'react';
import { entityWords, FIELD_WORDS, valueWords, wasWords } from '@/components/console/configuration/change-words';
import { FormMessage } from '@/components/ui/form-message';
import { Panel, PanelHeading } from '@/components/ui/panel';
import { SubmitButton } from '@/components/ui/submit-button';
import { type Conflict, type Entities, pathOf } from '@/lib/domain/configuration/entities';
import { settle } from './actions';

/** Where somebody else published the same fields meanwhile: all three values, and whose to keep. */
export function ConflictForm({
  conflicts,
  names,
  revision,
  seen,
}: {
  conflicts: readonly Conflict[];
  names: Entities;
  revision: number;
  /** Which conflicts are shown, with the values that are live. */
  seen: string;
}) {
  const [{ message }, submit] = useActionState(settle, { note: '', message: null });
  return (
    <Panel className="border-warn-mark">
      <PanelHeading
        title={`Somebody else changed ${conflicts.length === 1 ? 'the same field' : `${conflicts.length} of the same fields`}`}
        hint="Nothing is lost: choose whose value your draft keeps."
      />
      <form action={submit}>
        <ul className="divide-y divide-line">
          {conflicts.map((conflict) => {
            const path = pathOf(conflict);
            const kind = conflict.entity.slice(0, conflict.entity.indexOf('/'));
            const { title } = entityWords(conflict.entity, names);
            const said = (value: Conflict['mine']) => valueWords(conflict.field, value, kind);
            return (
              <li key={path} className="px-4 py-3">
                <fieldset>
                  <legend className="font-medium text-sm">
                    {title}
                    <span className="ml-2 font-normal text-ink-3">
                      {conflict.field === null ? 'the whole entry' : (FIELD_WORDS[conflict.field] ?? conflict.field)} ·
                      was {wasWords(conflict, names)}
                    </span>
                  </legend>
                  <div className="mt-2 grid gap-2 sm:grid-cols-2">
                    {(['theirs', 'mine'] as const).map((whose) => (
                      <label
                        key={whose}
                        className="flex cursor-pointer items-baseline gap-2.5 rounded-control border border-line-strong px-3 py-2 has-[:checked]:border-accent has-[:checked]:bg-accent-soft"
                      >
                        <input type="radio" name={`keep:${path}`} value={whose} required className="accent-accent" />
                        <span className="min-w-0">
                          <span className="block text-ink-3 text-xs">
                            {whose === 'theirs' ? 'Theirs, live now' : 'Yours, in the draft'}
                          </span>
                          <span className="num block break-words text-sm">{said(conflict[whose])}</span>
                        </span>
                      </label>
                    ))}
                  </div>
                </fieldset>
              </li>
            );
          })}
        </ul>
        <input type="hidden" name="revision" value={revision} />
        <input type="hidden" name="seen" value={seen} />
        <div className="flex flex-wrap items-center gap-3 border-line border-t px-4 py-3">
          {message ? <FormMessage tone="bad">{message}</FormMessage> : null}
          <SubmitButton className="ml-auto">Keep what I chose</SubmitButton>
        </div>
      </form>
    </Panel>
  );
}
