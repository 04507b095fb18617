'use client';

import { useActionState, useState } from 'react';
import { money } from '@/components/console/format';
import { SmsBubble } from '@/components/console/phone-bubble';
import { Field } from '@/components/ui/field';
import { FormMessage } from '@/components/ui/form-message';
import { controlStyle, Input } from '@/components/ui/input';
import { Panel, PanelHeading } from '@/components/ui/panel';
import { Select } from '@/components/ui/select';
import { SubmitButton } from '@/components/ui/submit-button';
import { countSegments } from '@/lib/domain/message/segments';
import { renderText } from '@/lib/domain/template/text';
import { saveText } from './actions';

export type KnownText = {
  id: string;
  channel: string;
  useCase: string;
  locale: string;
  text: string;
  subject: string;
  dltTemplateId: string;
};
/** What one segment costs where the language is the country's. */
export type PartPrice = { country: string; name: string; micros: number };

const HASH = 'K8a/AINcGX7';
const DOMAIN = 'example.com';
/** Micros, as everywhere. */
const PAYMENT = { amount: 49_900_000, currency: 'EUR', payee: 'Example Shop' };

/** A text with its variables filled in as one types, how many segments it takes, and what that costs. */
export function TextForm({
  known,
  useCases,
  prices,
  mayWrite,
}: {
  known: KnownText;
  useCases: { id: string; name: string; minutes: number }[];
  prices: Readonly<Record<string, PartPrice[]>>;
  mayWrite: boolean;
}) {
  const [{ typed, errors, message }, submit] = useActionState(saveText, { typed: {}, errors: {}, message: null });
  const value = (name: keyof KnownText) => typed[name] ?? known[name];
  const [text, setText] = useState(value('text'));
  const [channel, setChannel] = useState(value('channel'));
  const [locale, setLocale] = useState(value('locale'));
  const [useCase, setUseCase] = useState(value('useCase'));
  const [hasHash, setHash] = useState(false);
  const [hasDomain, setDomain] = useState(false);
  const minutes = useCases.find(({ id }) => id === useCase)?.minutes ?? 5;
  const shown = renderText(text, {
    code: '493817',
    brand: 'Your brand',
    minutes,
    appHash: hasHash ? HASH : null,
    webDomain: hasDomain ? DOMAIN : null,
    transaction: { of: PAYMENT, locale: /^[A-Za-z]{2,3}([-_][A-Za-z]{2})?$/.test(locale) ? locale : 'en' },
  });
  const { encoding, units, segments, placesPerPart, left } = countSegments(shown);
  const foreign =
    encoding === 'ucs2'
      ? [...new Set([...shown].filter((character) => countSegments(character).encoding === 'ucs2'))]
      : [];
  const charged = (prices[locale.replace('-', '_')] ?? prices[locale.split(/[-_]/)[0] ?? ''] ?? []).slice(0, 6);

  return (
    <div className="grid items-start gap-6 lg:grid-cols-[minmax(0,1fr)_22rem]">
      <Panel>
        <form action={submit} onReset={(event) => event.preventDefault()} className="flex flex-col gap-4 p-4">
          <input type="hidden" name="id" value={known.id} />
          <fieldset disabled={!mayWrite} className="grid gap-4 sm:grid-cols-3">
            <legend className="sr-only">The text</legend>
            <Field name="channel" label="Channel">
              {(wiring) => (
                <Select {...wiring} name="channel" value={channel} onChange={(event) => setChannel(event.target.value)}>
                  <option value="sms">SMS</option>
                  <option value="email">E-mail</option>
                </Select>
              )}
            </Field>
            <Field name="locale" label="Language" error={errors.locale} hint="Like pt_BR.">
              {(wiring) => (
                <Input
                  {...wiring}
                  name="locale"
                  required
                  className="num"
                  value={locale}
                  onChange={(event) => setLocale(event.target.value)}
                />
              )}
            </Field>
            <Field name="useCase" label="Use case">
              {(wiring) => (
                <Select {...wiring} name="useCase" value={useCase} onChange={(event) => setUseCase(event.target.value)}>
                  <option value="">Every other</option>
                  {useCases.map(({ id, name }) => (
                    <option key={id} value={id}>
                      {name}
                    </option>
                  ))}
                </Select>
              )}
            </Field>
            {channel === 'email' ? (
              <Field name="subject" label="Subject" className="sm:col-span-3" error={errors.subject}>
                {(wiring) => (
                  <Input
                    key={value('subject')}
                    {...wiring}
                    name="subject"
                    maxLength={150}
                    defaultValue={value('subject')}
                  />
                )}
              </Field>
            ) : null}
            <Field
              name="text"
              label="Text"
              className="sm:col-span-3"
              error={errors.text}
              hint="{code} has to be in it; {brand} and {minutes} may be, and {amount} and {payee} where the use case binds a transaction. A code first shows on a lock screen. No links."
            >
              {(wiring) => (
                <textarea
                  {...wiring}
                  name="text"
                  rows={4}
                  required
                  maxLength={1000}
                  value={text}
                  onChange={(event) => setText(event.target.value)}
                  className={`${controlStyle} resize-y py-1.5`}
                />
              )}
            </Field>
            {channel === 'sms' ? (
              <Field
                name="dltTemplateId"
                label="DLT template id"
                optional
                className="sm:col-span-2"
                error={errors.dltTemplateId}
                hint="India: the id under which the operators know this text, word for word."
              >
                {(wiring) => (
                  <Input
                    key={value('dltTemplateId')}
                    {...wiring}
                    name="dltTemplateId"
                    className="num"
                    defaultValue={value('dltTemplateId')}
                  />
                )}
              </Field>
            ) : null}
          </fieldset>
          {message ? <FormMessage tone="bad">{message}</FormMessage> : null}
          {mayWrite ? (
            <div className="flex justify-end gap-2">
              {known.id ? (
                <SubmitButton tone="danger" name="remove" value="yes" formNoValidate>
                  Delete
                </SubmitButton>
              ) : null}
              <SubmitButton>Save to draft</SubmitButton>
            </div>
          ) : null}
        </form>
      </Panel>
      <div className="flex flex-col gap-6">
        <Panel>
          <PanelHeading title="As it arrives" hint={locale || undefined} />
          <div className="flex flex-col gap-3 p-4">
            <SmsBubble text={shown} locale={locale || 'en'} />
            {channel === 'sms' ? (
              <div className="flex flex-col gap-1 text-sm">
                <label className="flex items-center gap-2">
                  <input
                    type="checkbox"
                    checked={hasHash}
                    onChange={(event) => setHash(event.target.checked)}
                    className="size-4 accent-(--accent)"
                  />
                  with Android’s autofill line
                </label>
                <label className="flex items-center gap-2">
                  <input
                    type="checkbox"
                    checked={hasDomain}
                    onChange={(event) => setDomain(event.target.checked)}
                    className="size-4 accent-(--accent)"
                  />
                  with WebOTP’s line for iOS and Chrome
                </label>
              </div>
            ) : null}
          </div>
        </Panel>
        {channel === 'sms' ? (
          <Panel>
            <PanelHeading title="What it takes" />
            <dl className="divide-y divide-line px-4 text-sm">
              <Row label="Segments">
                <span aria-live="polite">{segments}</span>
              </Row>
              <Row label="Alphabet">{`${encoding === 'gsm7' ? 'GSM-7' : 'UCS-2'}, ${placesPerPart} a segment`}</Row>
              <Row label="Places used">{`${units}, ${left} left${segments > 1 ? ' in the last segment' : ''}`}</Row>
              {charged.map(({ country, name, micros }) => (
                <Row key={country} label={name}>
                  {money(micros * segments)}
                </Row>
              ))}
            </dl>
            {foreign.length > 0 && foreign.length < 12 ? (
              <FormMessage tone="warn" className="m-3">
                {foreign.join(' ')} {foreign.length === 1 ? 'is' : 'are'} outside GSM-7: a segment holds {placesPerPart}{' '}
                characters instead of {placesPerPart === 70 ? 160 : 153}.
              </FormMessage>
            ) : null}
          </Panel>
        ) : null}
      </div>
    </div>
  );
}

function Row({ label, children }: { label: string; children: React.ReactNode }) {
  return (
    <div className="flex min-h-9 items-center justify-between gap-4">
      <dt className="text-ink-3">{label}</dt>
      <dd className="num text-right">{children}</dd>
    </div>
  );
}
