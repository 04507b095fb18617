import {
  type Entities,
  type Entity,
  entityKey,
  type PolicyEntity,
  type TextEntity,
} from '@/lib/domain/configuration/entities';
import { type PackText, packTexts } from '@/lib/domain/policy/pack-texts';
import { freeIdentifier } from '@/lib/domain/policy/use-case-name';
import { CHECKS, CODE_LENGTH, RESEND_COOLDOWN_SECONDS, RESENDS } from '@/lib/domain/verification/limits';

/** One reason of an industry to ask for a code, ready to use. */
export type Scenario = {
  /** What callers name as `use_case`, where it is free. */
  useCase: string;
  /** What it protects, in one sentence. */
  protects: string;
  policy: PolicyEntity;
  /** The sentence it needs for itself, if the usual one would be wrong. */
  text: PackText | null;
};

export type Pack = { id: PackId; name: string; lead: string; scenarios: readonly Scenario[] };
export const PACK_IDS = ['retail', 'banking', 'healthcare', 'education', 'courier', 'games'] as const;
export type PackId = (typeof PACK_IDS)[number];

type Wish = Partial<PolicyEntity> & { lifetimeSeconds: number; text?: PackText };

const scenario = (pack: PackId, id: string, name: string, protects: string, wish: Wish): Scenario => {
  const { text = null, ...fields } = wish;
  return {
    useCase: `${pack}_${id}`,
    protects,
    text,
    policy: {
      name,
      codeLength: CODE_LENGTH.default,
      checksMax: CHECKS.default,
      resendCooldownSeconds: RESEND_COOLDOWN_SECONDS.default,
      resendsMax: RESENDS.default,
      codeMode: 'same_code',
      resendCode: 'same_code',
      channels: [],
      alphabet: 'digits',
      bindsTransaction: false,
      pack,
      ...fields,
    },
  };
};

/** Money moves: amount and payee are told, and are what the code approves. Ten minutes is the cap of OWASP ASVS, and enough to pay in. */
const PAYS = { lifetimeSeconds: 600, bindsTransaction: true, text: 'payment' } as const;
/** Somebody sits in front of the sign-in and waits. */
const SIGNS_IN = { lifetimeSeconds: 180 } as const;
/** People look something up first: an address, a document. */
const TAKES_TIME = { lifetimeSeconds: 600 } as const;

/** The scenarios of six industries. */
export const PACKS: readonly Pack[] = [
  {
    id: 'retail',
    name: 'Retail',
    lead: 'Shops and marketplaces: real accounts, safe checkouts, orders that were meant.',
    scenarios: [
      scenario(
        'retail',
        'sign_in',
        'Shop sign-in and registration',
        'Accounts are real, and mass registration stops.',
        { lifetimeSeconds: 300 },
      ),
      scenario('retail', 'payment', 'Checkout payment', 'Nobody pays with somebody else’s account.', PAYS),
      scenario(
        'retail',
        'profile_change',
        'Shop details change',
        'A new number, address or payment method is the owner’s wish.',
        TAKES_TIME,
      ),
      scenario('retail', 'large_order', 'Large order', 'An unusually large order is confirmed before it is packed.', {
        ...PAYS,
        checksMax: 3,
      }),
    ],
  },
  {
    id: 'banking',
    name: 'Banking',
    lead: 'Banks and finance: a second factor, and transactions that cannot be swapped.',
    scenarios: [
      scenario('banking', 'sign_in', 'Bank sign-in', 'A stolen password alone opens nothing.', {
        ...SIGNS_IN,
        checksMax: 3,
      }),
      scenario(
        'banking',
        'transaction',
        'Bank transaction',
        'A transfer, investment or loan is approved for this amount and this payee only.',
        { ...PAYS, checksMax: 3 },
      ),
      scenario('banking', 'password_reset', 'Bank password reset', 'Only the owner sets a new password.', {
        ...TAKES_TIME,
        checksMax: 3,
      }),
      scenario(
        'banking',
        'details_change',
        'Bank details change',
        'A linked card, e-mail address or number changes only by its owner.',
        { ...TAKES_TIME, checksMax: 3 },
      ),
    ],
  },
  {
    id: 'healthcare',
    name: 'Healthcare',
    lead: 'Clinics and pharmacies: records and prescriptions for the patient alone.',
    scenarios: [
      scenario(
        'healthcare',
        'records',
        'Patient records',
        'Records are opened by the patient or by whom they authorised.',
        { lifetimeSeconds: 300, checksMax: 3 },
      ),
      scenario(
        'healthcare',
        'consultation',
        'Remote consultation',
        'The person on the screen is the patient.',
        TAKES_TIME,
      ),
      scenario(
        'healthcare',
        'appointment',
        'Appointment booking or change',
        'Appointments are not taken in bulk or moved by others.',
        TAKES_TIME,
      ),
      scenario(
        'healthcare',
        'prescription',
        'Electronic prescription',
        'Medication goes to the patient it was prescribed for.',
        { ...TAKES_TIME, checksMax: 3 },
      ),
    ],
  },
  {
    id: 'education',
    name: 'Education',
    lead: 'Schools and online courses: the right student, and paid tuition.',
    scenarios: [
      scenario('education', 'student', 'Student identity', 'Who signs in or sits the exam is the student.', {
        lifetimeSeconds: 300,
      }),
      scenario(
        'education',
        'enrollment',
        'Course enrolment and tuition',
        'Tuition is paid in this amount to this school.',
        PAYS,
      ),
      scenario(
        'education',
        'documents',
        'Transcripts and certificates',
        'Documents are downloaded by their owner.',
        TAKES_TIME,
      ),
      scenario(
        'education',
        'guardian',
        'Parent and student access',
        'A student’s information opens to the right parent.',
        TAKES_TIME,
      ),
    ],
  },
  {
    id: 'courier',
    name: 'Courier',
    lead: 'Delivery and logistics: parcels in the right hands.',
    scenarios: [
      scenario('courier', 'order', 'Delivery order', 'An order is placed or changed by who pays for it.', {
        lifetimeSeconds: 300,
      }),
      scenario('courier', 'pickup', 'Package pickup', 'The parcel is handed to the person it is for.', {
        ...TAKES_TIME,
        text: 'pickup',
      }),
      scenario(
        'courier',
        'delivery_change',
        'Delivery time or address change',
        'A new time or address is the recipient’s wish.',
        TAKES_TIME,
      ),
      scenario('courier', 'identity', 'Courier identity', 'Who fetches a valuable parcel is the courier.', {
        lifetimeSeconds: 300,
        checksMax: 3,
      }),
    ],
  },
  {
    id: 'games',
    name: 'Games',
    lead: 'Games and entertainment: accounts, purchases and friends lists that stay the player’s.',
    scenarios: [
      scenario('games', 'sign_in', 'Game sign-in', 'An account is not taken over.', SIGNS_IN),
      scenario(
        'games',
        'purchase',
        'Top-up or large purchase',
        'Nothing is bought without the player’s consent.',
        PAYS,
      ),
      scenario(
        'games',
        'social',
        'Adding friends, joining teams, group chats',
        'Bots cannot befriend or gather players.',
        SIGNS_IN,
      ),
      scenario(
        'games',
        'details_change',
        'Game account change',
        'Payment details, e-mail address and number change only by the player.',
        TAKES_TIME,
      ),
    ],
  },
];

export const packNamed = (id: string): Pack | null => PACKS.find((pack) => pack.id === id) ?? null;

/** Where a scenario stands in a configuration; null: it is not installed. */
export function installedAs(scenario: Scenario, entities: Entities): string | null {
  const { pack } = scenario.policy;
  for (let n = 1; n <= PLACES_MAX; n += 1) {
    const useCase = n === 1 ? scenario.useCase : `${scenario.useCase}_${n}`;
    const entity = entities[entityKey('policies', useCase)];
    if (entity === undefined) return null;
    if (entity.pack === pack) return useCase;
  }
  return null;
}
/** Somebody else's use cases may have taken this many identifiers before we stop looking for ours. */
const PLACES_MAX = 20;

/** What a pack would add to a configuration: new entries only, none of what exists. Empty once it is installed. */
export function packAdditions(
  pack: Pack,
  entities: Entities,
  /** The id of one text: the same for the same channel, use case and language. */
  textId: (channel: TextEntity['channel'], useCase: string, locale: string) => string,
): { entity: string; value: Entity }[] {
  const additions: { entity: string; value: Entity }[] = [];
  const names = new Set(
    Object.entries(entities).flatMap(([key, { name }]) => (key.startsWith('policies/') ? [String(name)] : [])),
  );
  for (const scenario of pack.scenarios) {
    if (installedAs(scenario, entities) !== null) continue;
    const useCase = freeIdentifier(scenario.useCase, (id) => entityKey('policies', id) in entities);
    const name = freeName(scenario.policy.name, names);
    names.add(name);
    additions.push({ entity: entityKey('policies', useCase), value: { ...scenario.policy, name } });
    for (const text of scenario.text ? packTexts(scenario.text) : []) {
      const entity = entityKey('texts', textId(text.channel, useCase, text.locale));
      if (entity in entities) continue;
      const value: TextEntity = { ...text, useCase, dltTemplateId: null };
      additions.push({ entity, value });
    }
  }
  return additions;
}

function freeName(base: string, names: ReadonlySet<string>): string {
  for (let n = 1; ; n += 1) {
    const name = n === 1 ? base : `${base} ${n}`;
    if (!names.has(name)) return name;
  }
}
