'use client';

import { useActionState } from 'react';
import { FIELD_WORDS } from '@/components/console/configuration/change-words';
import { Field } from '@/components/ui/field';
import { FormMessage } from '@/components/ui/form-message';
import { controlStyle, Input } from '@/components/ui/input';
import { Select } from '@/components/ui/select';
import { SubmitButton } from '@/components/ui/submit-button';
import { CHOICES, SHEET_COLUMNS, type SheetColumn } from '@/lib/domain/configuration/sheet';
import { saveRoute } from './actions';

export type RouteFields = Readonly<Record<SheetColumn | 'priceChanges', { own: string; inherited: string }>>;

const LABELS: Readonly<Record<SheetColumn, string>> = {
  ...(FIELD_WORDS as Record<SheetColumn, string>),
  priceWhatsapp: 'Price of a WhatsApp message, $',
  priceSms: 'Price of an SMS segment, $',
  sendsPerDayMax: 'Codes per day at most',
  spendPerDayMaxMicros: 'Spend per day at most, $',
};
const HINTS: Partial<Record<SheetColumn, string>> = {
  channels: 'In order, like whatsapp > sms. Write “off” after one that is off.',
  fallbackAfterSeconds: 'Seconds without “delivered”; off, or 5 to 300.',
  sendsPerDayMax: 'Per UTC day; 0 is no cap.',
  spendPerDayMaxMicros: 'Per UTC day; 0 is no cap.',
};

/** Every field of a scope. What is empty inherits, and says what it then is. Works before any script has run. */
export function RouteForm({ scope, fields, mayWrite }: { scope: string; fields: RouteFields; mayWrite: boolean }) {
  const [{ typed, errors, message, isSaved }, submit] = useActionState(saveRoute, {
    typed: {},
    errors: {},
    message: null,
    isSaved: false,
  });
  const shown = (column: SheetColumn | 'priceChanges') => (isSaved ? undefined : typed[column]) ?? fields[column].own;
  return (
    <form action={submit} className="flex flex-col gap-4 p-4">
      <input type="hidden" name="scope" value={scope} />
      <fieldset disabled={!mayWrite} className="grid gap-4 sm:grid-cols-2">
        <legend className="sr-only">What this entry says itself</legend>
        {SHEET_COLUMNS.map((column) => {
          const choices = CHOICES[column];
          const inherits = fields[column].inherited;
          const placeholder = inherits === '' ? 'not set' : `inherits ${inherits}`;
          return (
            <Field key={column} name={column} label={LABELS[column]} hint={HINTS[column]} error={errors[column]}>
              {(wiring) =>
                choices ? (
                  <Select key={shown(column)} {...wiring} name={column} defaultValue={shown(column)}>
                    <option value="">{placeholder}</option>
                    {choices.map(([, word]) => (
                      <option key={word} value={word}>
                        {word}
                      </option>
                    ))}
                  </Select>
                ) : (
                  <Input
                    key={shown(column)}
                    {...wiring}
                    name={column}
                    defaultValue={shown(column)}
                    placeholder={placeholder}
                    className="num"
                  />
                )
              }
            </Field>
          );
        })}
        <Field
          name="priceChanges"
          label="Price changes"
          className="sm:col-span-2"
          hint="One a line, like: whatsapp 0.009 from 2026-12-01. From that day on (UTC) it replaces the price."
          error={errors.priceChanges}
        >
          {(wiring) => (
            <textarea
              key={shown('priceChanges')}
              {...wiring}
              name="priceChanges"
              rows={2}
              defaultValue={shown('priceChanges')}
              placeholder={fields.priceChanges.inherited === '' ? 'none' : `inherits ${fields.priceChanges.inherited}`}
              className={`${controlStyle} num resize-y py-1.5`}
            />
          )}
        </Field>
      </fieldset>
      {message ? <FormMessage tone={Object.keys(errors).length > 0 ? 'bad' : 'note'}>{message}</FormMessage> : null}
      {isSaved ? (
        <FormMessage tone="good">It is in your draft. Nothing is live before you publish it.</FormMessage>
      ) : null}
      {mayWrite ? (
        <div className="flex justify-end">
          <SubmitButton>Save to draft</SubmitButton>
        </div>
      ) : null}
    </form>
  );
}
