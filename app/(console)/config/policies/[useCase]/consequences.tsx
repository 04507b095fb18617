import type { ReactNode } from 'react';
import { FindingList } from '@/components/console/configuration/finding-list';
import { count, DASH } from '@/components/console/format';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { classNames } from '@/components/ui/class-names';
import { Panel, PanelHeading } from '@/components/ui/panel';
import type { Entities, Json } from '@/lib/domain/configuration/entities';
import type { Finding } from '@/lib/domain/configuration/lint';
import { ALPHABETS, type Alphabet } from '@/lib/domain/policy/alphabet';
import { guessing, percentileSeconds, type ResponseTimes, slowerThan } from '@/lib/domain/policy/consequences';
import { lifetimeMinutes } from '@/lib/domain/policy/policy';
import { NUMBERS, type NumberField, numberOf, type PolicyFields } from '../fields';
import { daysWords, lifetimeWords, shareWords } from '../words';
import { ResponsePicture } from './response-picture';

/** A number that the schema would take; null while it is being typed. */
function within(field: NumberField, typed: string): number | null {
  const value = numberOf(typed);
  const { min, max } = NUMBERS[field];
  return value !== null && value >= min && value <= max ? value : null;
}

/** What the rules in the form come to, in sentences that follow the typing. */
export function Consequences({
  fields,
  numberPerDay,
  times,
  findings,
  isStale,
  hasErrors,
  entities,
  onFix,
}: {
  fields: PolicyFields;
  numberPerDay: number;
  times: ResponseTimes | null;
  findings: readonly Finding[];
  isStale: boolean;
  /** Something in the form cannot be taken; the lint has not looked at it. */
  hasErrors: boolean;
  entities: Entities;
  /** Fills a fix into the form; null for those who may only look. */
  onFix: ((field: string, value: Json) => void) | null;
}) {
  const lifetime = within('lifetimeSeconds', fields.lifetimeSeconds);
  return (
    <section aria-label="What this comes to" className="flex flex-col gap-4 lg:sticky lg:top-4">
      <Panel>
        <PanelHeading title="What this comes to" hint="as you type" />
        <div className="divide-y divide-line">
          <Guessing fields={fields} numberPerDay={numberPerDay} />
          <Life lifetime={lifetime} times={times} />
          <Resending fields={fields} lifetime={lifetime} />
          {fields.bindsTransaction ? <Binding /> : null}
        </div>
      </Panel>
      <Panel aria-live="polite" className={classNames('transition-opacity', isStale && 'opacity-60')}>
        <PanelHeading title="What the lint says" />
        {findings.length === 0 ? (
          <p className="px-4 py-3 text-ink-3 text-sm">
            {hasErrors
              ? 'It looks at rules that can be taken: mend the marked fields first.'
              : 'Nothing: these rules go together with routes, templates and texts.'}
          </p>
        ) : (
          <FindingList
            findings={findings}
            entities={entities}
            fix={(finding) => {
              const edit = finding.fix?.edits[0];
              if (!edit?.field || !onFix) return null;
              const { field, value } = edit;
              return (
                <Button size="small" onClick={() => onFix(field, value)}>
                  {finding.fix?.label}
                </Button>
              );
            }}
          />
        )}
      </Panel>
    </section>
  );
}

function Item({ title, figure, children }: { title: string; figure: ReactNode; children: ReactNode }) {
  return (
    <div className="px-4 py-3.5">
      <div className="flex items-baseline justify-between gap-3">
        <h3 className="text-ink-3 text-xs">{title}</h3>
        <p className="num text-base text-ink">{figure}</p>
      </div>
      <div className="mt-1 text-ink-2 text-sm">{children}</div>
    </div>
  );
}

function Guessing({ fields, numberPerDay }: { fields: PolicyFields; numberPerDay: number }) {
  const codeLength = within('codeLength', fields.codeLength);
  const checksMax = within('checksMax', fields.checksMax);
  const alphabet = fields.alphabet in ALPHABETS ? (fields.alphabet as Alphabet) : null;
  if (codeLength === null || checksMax === null || alphabet === null) {
    return (
      <Item title="Guessing a code" figure={DASH}>
        Needs a length and a number of checks.
      </Item>
    );
  }
  const { oneIn, perDay, daysToGuess } = guessing({ codeLength, checksMax, alphabet }, { numberPerDay });
  return (
    <Item title="Guessing a code" figure={`1 in ${count(oneIn)}`}>
      A guess gets through once in {count(oneIn)} codes. Across codes, one number allows at most {perDay}{' '}
      {perDay === 1 ? 'guess' : 'guesses'} a day: whoever tries every day gets in once in {daysWords(daysToGuess)}.
    </Item>
  );
}

function Life({ lifetime, times }: { lifetime: number | null; times: ResponseTimes | null }) {
  if (lifetime === null) {
    return (
      <Item title="Lifetime" figure={DASH}>
        From 60 to 3,600 seconds.
      </Item>
    );
  }
  const minutes = lifetimeMinutes(lifetime);
  return (
    <>
      <Item title="The message says" figure={`${minutes} min`}>
        {lifetime % 60 === 0
          ? 'Message, API and clock agree.'
          : `The code lives ${lifetime} s; messages say whole minutes and never more than the truth.`}{' '}
        A WhatsApp template with an expiry line needs the same number.
      </Item>
      <Needed lifetime={lifetime} times={times} />
    </>
  );
}

/** Of last month's people, those who needed longer than this lifetime. */
function Needed({ lifetime, times }: { lifetime: number; times: ResponseTimes | null }) {
  const slower = times && slowerThan(lifetime, times);
  const title = `Needed longer than ${lifetimeWords(lifetime)}`;
  if (!times || !slower) {
    return (
      <Item title={title} figure={DASH}>
        {times
          ? `Nobody entered a code of this use case in the last ${times.days} days.`
          : 'The figures of last month could not be told in time.'}
      </Item>
    );
  }
  const { share, late } = slower;
  const middle = percentileSeconds(times, 0.5);
  const slow = percentileSeconds(times, 0.95);
  return (
    <Item
      title={title}
      figure={
        <>
          {share.isLowSample ? <Badge className="mr-2">low sample</Badge> : null}
          {shareWords(share.share)}
        </>
      }
    >
      <p>
        {count(share.hits)} of {count(share.n)} people of the last {times.days} days ({shareWords(share.low)} to{' '}
        {shareWords(share.high)} with 95 % confidence). {late === 0 ? 'Nobody' : late === 1 ? 'One' : count(late)} came
        when the code had died; who gave up without typing is not seen. Half were done within {middle} s, 95 % within{' '}
        {slow} s.
      </p>
      <ResponsePicture times={times} lifetime={lifetime} />
    </Item>
  );
}

function Resending({ fields, lifetime }: { fields: PolicyFields; lifetime: number | null }) {
  const resends = within('resendsMax', fields.resendsMax);
  const cooldown = within('resendCooldownSeconds', fields.resendCooldownSeconds);
  if (resends === null || cooldown === null || lifetime === null) {
    return (
      <Item title="Sending again" figure={DASH}>
        Needs resends and a cooldown.
      </Item>
    );
  }
  const fitting = cooldown === 0 ? resends : Math.min(resends, Math.max(0, Math.ceil(lifetime / cooldown) - 1));
  return (
    <Item title="Sending again" figure={`${fitting} × at most`}>
      {fitting === 0
        ? 'Nobody can ask for the code again.'
        : `After ${cooldown} s a person may ask again; within ${lifetimeWords(lifetime)} that is ${fitting === 1 ? 'once' : `${fitting} times`} at most.`}
      {fitting < resends ? ` The other ${resends - fitting} of ${resends} come too late for this lifetime.` : ''}
    </Item>
  );
}

function Binding() {
  return (
    <Item title="What is approved" figure="amount, payee">
      SMS and e-mail texts tell it with <span className="num">{'{amount}'}</span> and{' '}
      <span className="num">{'{payee}'}</span>. WhatsApp’s authentication templates have no place for it: over WhatsApp
      the code comes without, and the app has to show what is approved. Requests without a transaction are refused with{' '}
      <span className="num">transaction_required</span>.
    </Item>
  );
}
