'use client';

import { useActionState, useRef, useState } from 'react';
import { ChannelGlyph } from '@/components/console/channel-badge';
import { CHANNEL_WORDS } from '@/components/console/words';
import { classNames } from '@/components/ui/class-names';
import { Field } from '@/components/ui/field';
import { FormMessage } from '@/components/ui/form-message';
import { Input } from '@/components/ui/input';
import { Panel, PanelHeading } from '@/components/ui/panel';
import { Select } from '@/components/ui/select';
import { SubmitButton } from '@/components/ui/submit-button';
import { type SendState, sendTestCode } from './actions';
import { MAGIC_NUMBERS, magicNumber } from './magic-numbers';

type Choice = { id: string; name: string };
const idle: SendState = { kind: 'idle', typed: {}, errors: {}, message: null };

export function SendForm({
  apps,
  useCases,
  mails,
}: {
  apps: Choice[];
  useCases: (Choice & { bindsTransaction: boolean })[];
  /** E-mail is among the channels. */
  mails: boolean;
}) {
  const [{ typed, errors, message }, submit] = useActionState(sendTestCode, idle);
  const [number, setNumber] = useState(typed.to ?? '');
  const [mode, setMode] = useState(typed.mode ?? 'live');
  const [useCase, setUseCase] = useState(typed.use_case || 'login');
  const binds = useCases.find(({ id }) => id === useCase)?.bindsTransaction ?? false;
  const numberField = useRef<HTMLInputElement>(null);

  return (
    <div className="grid items-start gap-6 lg:grid-cols-[minmax(0,32rem)_minmax(0,1fr)]">
      <Panel>
        <form action={submit} className="flex flex-col gap-5 p-5">
          <Field
            name="to"
            label="Number"
            error={errors.to}
            hint="In full, with the plus and the country. Spaces do not matter."
          >
            {(wiring) => (
              <Input
                {...wiring}
                ref={numberField}
                name="to"
                type="tel"
                required
                autoComplete="tel"
                placeholder="+55 11 98765 4321"
                value={number}
                onChange={(event) => setNumber(event.target.value)}
                className="num h-10 text-lg sm:h-10 sm:text-lg"
              />
            )}
          </Field>

          {mails ? (
            <Field
              name="email"
              label="E-mail address"
              optional
              error={errors.email}
              hint="Of the same person. Without one, e-mail is left out of the route."
            >
              {(wiring) => (
                <Input
                  {...wiring}
                  name="email"
                  type="email"
                  autoComplete="email"
                  maxLength={254}
                  placeholder="person@example.com"
                  defaultValue={typed.email}
                />
              )}
            </Field>
          ) : null}

          <fieldset className="flex flex-col gap-1.5">
            <legend className="mb-1.5 font-medium text-sm">Channel</legend>
            <div className={classNames('grid gap-2', mails ? 'grid-cols-2 sm:grid-cols-4' : 'grid-cols-3')}>
              <Option name="channel" value="" isDefault={!typed.channel} title="Automatic" note="the country's route" />
              <Option
                name="channel"
                value="whatsapp"
                isDefault={typed.channel === 'whatsapp'}
                title={<Glyph channel="whatsapp" />}
                note="never falls back"
              />
              <Option
                name="channel"
                value="sms"
                isDefault={typed.channel === 'sms'}
                title={<Glyph channel="sms" />}
                note="never falls back"
              />
              {mails ? (
                <Option
                  name="channel"
                  value="email"
                  isDefault={typed.channel === 'email'}
                  title={<Glyph channel="email" />}
                  note="never falls back"
                />
              ) : null}
            </div>
            {errors.channel ? <p className="text-bad text-xs">{errors.channel}</p> : null}
          </fieldset>

          <div className="grid gap-4 sm:grid-cols-2">
            <Field name="use_case" label="Use case" error={errors.use_case}>
              {(wiring) => (
                <Select
                  key={typed.use_case}
                  {...wiring}
                  name="use_case"
                  defaultValue={typed.use_case || 'login'}
                  onChange={(event) => setUseCase(event.target.value)}
                >
                  {useCases.map(({ id, name }) => (
                    <option key={id} value={id}>
                      {name}
                    </option>
                  ))}
                </Select>
              )}
            </Field>
            <Field name="app" label="App">
              {(wiring) => (
                <Select key={typed.app} {...wiring} name="app" defaultValue={typed.app || apps[0]?.id}>
                  {apps.map(({ id, name }) => (
                    <option key={id} value={id}>
                      {name}
                    </option>
                  ))}
                </Select>
              )}
            </Field>
            <Field
              name="locale"
              label="Language"
              optional
              error={errors.locale}
              hint="Empty: the app's, then the country's."
            >
              {(wiring) => (
                <Input {...wiring} name="locale" placeholder="pt_BR" defaultValue={typed.locale} className="num" />
              )}
            </Field>
            <fieldset>
              <legend className="mb-1.5 font-medium text-sm">Mode</legend>
              <div className="grid grid-cols-2 gap-2">
                <Option name="mode" value="live" isDefault={mode === 'live'} title="Live" onChoose={setMode} />
                <Option name="mode" value="test" isDefault={mode === 'test'} title="Test" onChoose={setMode} />
              </div>
              <p className="mt-1.5 text-ink-3 text-xs">
                {mode === 'live' ? 'Really goes out, and may cost money.' : 'Nothing is sent. The code is all zeros.'}
              </p>
            </fieldset>
          </div>

          {binds ? <TransactionFields typed={typed} errors={errors} /> : null}
          {message ? <FormMessage tone="bad">{message}</FormMessage> : null}
          <div className="flex items-center gap-3">
            <SubmitButton size="large">Send the code</SubmitButton>
            <p className="text-ink-3 text-xs">Then its timeline opens and follows along.</p>
          </div>
        </form>
      </Panel>

      <Panel>
        <PanelHeading title="Numbers that misbehave" hint="played by the provider simulator" />
        <ul>
          {MAGIC_NUMBERS.map(({ ending, does }) => (
            <li key={ending} className="border-line border-b last:border-b-0">
              <button
                type="button"
                onClick={() => {
                  setNumber(magicNumber(ending, (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) / 2 ** 32));
                  numberField.current?.focus();
                }}
                className={classNames(
                  'flex min-h-10 w-full items-center gap-4 px-4 py-1.5 text-left -outline-offset-2 transition-colors duration-100 hover:bg-hover',
                  number.endsWith(ending) && 'bg-accent-soft hover:bg-accent-soft',
                )}
              >
                <span className="num shrink-0 text-ink-3">
                  …<span className="font-medium text-ink">{ending}</span>
                </span>
                <span className="text-ink-2">{does}</span>
                <span className="ml-auto shrink-0 text-ink-3 text-xs">fill in</span>
              </button>
            </li>
          ))}
        </ul>
      </Panel>
    </div>
  );
}

/** What the code will approve, for use cases that bind it. */
function TransactionFields({ typed, errors }: Pick<SendState, 'typed' | 'errors'>) {
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-1.5 font-medium text-sm">What the code approves</legend>
      <div className="grid gap-4 sm:grid-cols-[7rem_5rem_minmax(0,1fr)]">
        <Field name="amount" label="Amount" error={errors.amount}>
          {(wiring) => (
            <Input
              {...wiring}
              name="amount"
              inputMode="decimal"
              placeholder="49.90"
              defaultValue={typed.amount}
              className="num"
            />
          )}
        </Field>
        <Field name="currency" label="Currency" error={errors.currency}>
          {(wiring) => (
            <Input
              {...wiring}
              name="currency"
              maxLength={3}
              placeholder="EUR"
              defaultValue={typed.currency}
              className="num uppercase"
            />
          )}
        </Field>
        <Field name="payee" label="Payee" error={errors.payee}>
          {(wiring) => (
            <Input {...wiring} name="payee" maxLength={100} placeholder="Corner Shop" defaultValue={typed.payee} />
          )}
        </Field>
      </div>
      <p className="text-ink-3 text-xs">
        SMS and e-mail tell it. A WhatsApp authentication template has no place for it: over WhatsApp the code comes
        without.
      </p>
    </fieldset>
  );
}

const GLYPH_COLOURS = { whatsapp: 'text-whatsapp', sms: 'text-sms', email: 'text-email' } as const;

function Glyph({ channel }: { channel: keyof typeof GLYPH_COLOURS }) {
  return (
    <span className="inline-flex items-center gap-1.5">
      <ChannelGlyph channel={channel} className={classNames('max-sm:hidden', GLYPH_COLOURS[channel])} />
      {CHANNEL_WORDS[channel]}
    </span>
  );
}

/** A radio button as a card: native underneath, so arrows move between them and it works without a script. */
function Option({
  name,
  value,
  title,
  note,
  isDefault,
  onChoose,
}: {
  name: string;
  value: string;
  title: React.ReactNode;
  note?: string;
  isDefault: boolean;
  onChoose?: (value: string) => void;
}) {
  return (
    <label className="relative flex min-h-9 flex-col justify-center rounded-control border border-control px-2.5 py-1.5 transition-colors duration-100 hover:bg-hover has-checked:border-accent has-checked:bg-accent-soft has-focus-visible:outline-2 has-focus-visible:outline-accent has-focus-visible:outline-offset-2">
      <input
        type="radio"
        name={name}
        value={value}
        defaultChecked={isDefault}
        onChange={() => onChoose?.(value)}
        className="absolute inset-0 cursor-pointer opacity-0"
      />
      <span className="flex h-5 items-center font-medium text-sm">{title}</span>
      {note ? <span className="text-2xs text-ink-3">{note}</span> : null}
    </label>
  );
}
