'use client';

import { useActionState, useState } from 'react';
import { WhatsAppBubble } from '@/components/console/phone-bubble';
import { Badge } from '@/components/ui/badge';
import { Checkbox } from '@/components/ui/checkbox';
import { Field } from '@/components/ui/field';
import { FormMessage } from '@/components/ui/form-message';
import { controlStyle, Input } from '@/components/ui/input';
import { Panel, PanelHeading } from '@/components/ui/panel';
import { Select } from '@/components/ui/select';
import { SubmitButton } from '@/components/ui/submit-button';
import { submit } from '../actions';
import { BUTTON_WORDS } from '../words';

type Policy = { id: string; name: string; minutes: number; ttl: number };
type Known = { connection: string; name: string; useCase: string; minutes: number | null; ttl: number | null };
const OUTCOMES = {
  submitted: ['in review', 'wait'],
  approved: ['approved', 'good'],
  refused: ['refused', 'bad'],
  unknown: ['no answer', 'warn'],
  left_alone: ['there already', 'neutral'],
} as const;

/** Every choice that WhatsApp leaves, proposed from the policy it serves, in as many languages at once as one likes. */
export function NewTemplateForm({
  desks,
  policies,
  languages,
  missing,
  known,
}: {
  desks: { id: string; name: string }[];
  policies: Policy[];
  /** Named on the server: browsers name some languages differently. */
  languages: { locale: string; name: string }[];
  missing: string[];
  known: Known | null;
}) {
  const [state, action] = useActionState(submit, {
    typed: {},
    languages: missing,
    errors: {},
    message: null,
    outcomes: [],
  });
  const { typed, errors, message, outcomes } = state;
  const [useCase, setUseCase] = useState(typed.use_case ?? known?.useCase ?? '');
  const policy = policies.find(({ id }) => id === useCase) ?? policies.find(({ id }) => id === 'login');
  const [minutes, setMinutes] = useState(
    typed.minutes ?? String(known ? (known.minutes ?? '') : (policy?.minutes ?? 5)),
  );
  const [ttl, setTtl] = useState(typed.ttl ?? String(known ? (known.ttl ?? '') : Math.min(policy?.ttl ?? 300, 300)));
  const [kind, setKind] = useState(typed.button ?? 'copy_code');
  const [hasSecurity, setSecurity] = useState(typed.security !== undefined || Object.keys(typed).length === 0);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set(state.languages));
  const nameOf = (locale: string) => languages.find((each) => each.locale === locale)?.name ?? locale;
  const again = outcomes
    .filter(({ outcome }) => outcome === 'refused' || outcome === 'unknown')
    .map(({ language }) => language);
  const preview = [...chosen][0] ?? 'en';
  const disagrees = policy && minutes !== '' && Number(minutes) !== policy.minutes;
  const outlives = policy && (ttl === '' ? 600 : Number(ttl)) > policy.minutes * 60;

  // React resets a form after its action; what was typed has to stay, and a select cannot be kept otherwise.
  return (
    <form
      action={action}
      onReset={(event) => event.preventDefault()}
      className="grid items-start gap-6 lg:grid-cols-[minmax(0,1fr)_22rem]"
    >
      <div className="flex min-w-0 flex-col gap-6">
        {outcomes.length > 0 ? (
          <Panel>
            <PanelHeading title="What came of it" hint={`${again.length} to try again`} />
            <ul className="divide-y divide-line text-sm">
              {outcomes.map(({ language, outcome, detail }) => (
                <li key={language} className="flex flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2">
                  <span className="w-40">{nameOf(language)}</span>
                  <Badge tone={OUTCOMES[outcome][1]}>{OUTCOMES[outcome][0]}</Badge>
                  {detail ? <span className="text-ink-3">{detail}</span> : null}
                </li>
              ))}
            </ul>
            <FormMessage tone="note" className="m-3">
              Submitting again sends only what was refused or not answered.
            </FormMessage>
          </Panel>
        ) : null}
        <Panel>
          <PanelHeading title="What it is" />
          <div className="grid gap-4 p-4 sm:grid-cols-2">
            <Field
              name="name"
              label="Name"
              error={errors.name}
              hint="Lower case, digits, underscores. People never see it."
            >
              {(wiring) => (
                <Input
                  key={typed.name}
                  {...wiring}
                  name="name"
                  required
                  className="num"
                  placeholder="otp_login_v1"
                  defaultValue={typed.name ?? known?.name ?? ''}
                />
              )}
            </Field>
            <Field name="use_case" label="Serves">
              {(wiring) => (
                <Select
                  {...wiring}
                  name="use_case"
                  value={useCase}
                  onChange={(event) => {
                    setUseCase(event.target.value);
                    const next = policies.find(({ id }) => id === event.target.value);
                    if (next) {
                      setMinutes(String(next.minutes));
                      setTtl(String(Math.min(next.ttl, 300)));
                    }
                  }}
                >
                  <option value="">Every use case without its own</option>
                  {policies.map(({ id, name }) => (
                    <option key={id} value={id}>
                      {name}
                    </option>
                  ))}
                </Select>
              )}
            </Field>
            <Field name="connection" label="In the account of">
              {(wiring) => (
                <Select
                  key={typed.connection}
                  {...wiring}
                  name="connection"
                  defaultValue={typed.connection ?? known?.connection ?? desks[0]?.id}
                >
                  {desks.map(({ id, name }) => (
                    <option key={id} value={id}>
                      {name}
                    </option>
                  ))}
                </Select>
              )}
            </Field>
          </div>
        </Panel>
        <Panel>
          <PanelHeading title="What it says and does" hint="WhatsApp writes the sentences." />
          <div className="grid gap-4 p-4 sm:grid-cols-2">
            <Field
              name="minutes"
              label="Minutes that it tells"
              optional
              error={
                errors['options.codeExpirationMinutes'] ??
                (disagrees ? `The policy says ${policy.minutes}.` : undefined)
              }
              hint="1 to 90; empty tells none."
            >
              {(wiring) => (
                <Input
                  {...wiring}
                  name="minutes"
                  inputMode="numeric"
                  className="num"
                  value={minutes}
                  onChange={(event) => setMinutes(event.target.value)}
                />
              )}
            </Field>
            <Field
              name="ttl"
              label="Seconds until WhatsApp drops it"
              optional
              error={
                errors['options.ttlSeconds'] ?? (outlives ? 'It could arrive after the code has died.' : undefined)
              }
              hint="30 to 900; empty is Meta’s 600."
            >
              {(wiring) => (
                <Input
                  {...wiring}
                  name="ttl"
                  inputMode="numeric"
                  className="num"
                  value={ttl}
                  onChange={(event) => setTtl(event.target.value)}
                />
              )}
            </Field>
            <Field name="button" label="Button">
              {(wiring) => (
                <Select {...wiring} name="button" value={kind} onChange={(event) => setKind(event.target.value)}>
                  {Object.entries(BUTTON_WORDS).map(([id, words]) => (
                    <option key={id} value={id}>
                      {words}
                    </option>
                  ))}
                </Select>
              )}
            </Field>
            <Field
              name="button_text"
              label="Text on the button"
              optional
              error={errors['options.button.text']}
              hint="At most 25 characters; empty takes WhatsApp’s own."
            >
              {(wiring) => (
                <Input
                  key={typed.button_text}
                  {...wiring}
                  name="button_text"
                  maxLength={25}
                  defaultValue={typed.button_text}
                />
              )}
            </Field>
            {kind === 'copy_code' ? null : (
              <Field
                name="apps"
                label="Android apps"
                className="sm:col-span-2"
                error={Object.entries(errors).find(([name]) => name.startsWith('options.button.apps'))?.[1]}
                hint="One a line, at most 5: package name, then the 11 characters of its signature hash."
              >
                {(wiring) => (
                  <textarea
                    key={typed.apps}
                    {...wiring}
                    name="apps"
                    rows={2}
                    defaultValue={typed.apps}
                    placeholder="com.example.app K8a/AINcGX7"
                    className={`${controlStyle} num py-1.5`}
                  />
                )}
              </Field>
            )}
            <div className="flex flex-col gap-2 sm:col-span-2">
              <Checkbox
                name="security"
                label="Add “do not share this code”"
                checked={hasSecurity}
                onChange={(event) => setSecurity(event.target.checked)}
              />
              {kind === 'zero_tap' ? (
                <>
                  <Checkbox
                    name="terms"
                    label="We accept WhatsApp’s terms for zero-tap"
                    defaultChecked={typed.terms === 'on'}
                  />
                  {errors['options.button.termsAccepted'] ? (
                    <p className="text-bad text-xs">{errors['options.button.termsAccepted']}</p>
                  ) : null}
                </>
              ) : null}
            </div>
          </div>
        </Panel>
        <Panel>
          <PanelHeading title="Languages" hint={`${chosen.size} chosen`} />
          <fieldset className="grid grid-cols-2 gap-x-4 gap-y-1 p-4 sm:grid-cols-3 xl:grid-cols-4">
            <legend className="sr-only">Languages</legend>
            {languages.map(({ locale, name }) => (
              <Checkbox
                key={locale}
                name="languages"
                value={locale}
                label={name}
                checked={chosen.has(locale)}
                onChange={(event) => {
                  const next = new Set(chosen);
                  if (event.target.checked) next.add(locale);
                  else next.delete(locale);
                  setChosen(next);
                }}
              />
            ))}
          </fieldset>
          {errors.languages ? <p className="px-4 pb-3 text-bad text-xs">{errors.languages}</p> : null}
        </Panel>
      </div>
      <div className="flex flex-col gap-6 lg:sticky lg:top-6">
        <Panel>
          <PanelHeading title="Preview" hint={nameOf(preview)} />
          <div className="p-4">
            <WhatsAppBubble
              locale={preview}
              minutes={minutes === '' ? null : Number(minutes)}
              hasSecurity={hasSecurity}
              button={kind as 'copy_code'}
              look={{ isDark: false, platform: 'android' }}
            />
          </div>
        </Panel>
        {message ? <FormMessage tone="bad">{message}</FormMessage> : null}
        {Object.keys(errors).length > 0 ? <FormMessage tone="bad">Look at what is marked.</FormMessage> : null}
        <SubmitButton size="large">
          {chosen.size === 0
            ? 'Submit in the languages chosen'
            : `Submit in ${chosen.size} ${chosen.size === 1 ? 'language' : 'languages'}`}
        </SubmitButton>
      </div>
    </form>
  );
}
