import { transact } from '@/lib/db/client';
import { findHeadVersion, findLiveEntities, insertVersion } from '@/lib/db/configuration-versions';
import {
  holdSetupLock,
  insertMissingPolicies,
  insertMissingRoutes,
  insertMissingTemplates,
  type NewRoute,
} from '@/lib/db/defaults';
import { DEFAULT_POLICIES } from '@/lib/domain/policy/policy';
import { INHERITS_ALL, type RouteChannel, type RouteMode } from '@/lib/domain/routing/country-route';
import { FALLBACK_AFTER_SECONDS } from '@/lib/domain/verification/limits';
import { newUuid } from '@/lib/ids';
import { COUNTRIES, type CountryFacts } from '@/lib/operations/setup/countries';
import { MAIL_TEXTS } from '@/lib/operations/setup/mail-texts';
import { SMS_TEXTS } from '@/lib/operations/setup/sms-texts';

/** No connections named: whatever connection serves the channel may carry it. */
const channel = (name: RouteChannel['channel'], enabled = true): RouteChannel => ({
  channel: name,
  enabled,
  connections: [],
});
const WHATSAPP_FIRST = [channel('whatsapp'), channel('sms')];
const SMS_FIRST = [channel('sms'), channel('whatsapp')];
const SMS_ONLY = [channel('whatsapp', false), channel('sms')];

const REGIONS = ['africa', 'americas', 'asia', 'europe', 'oceania'] as const;

/**
 * setup.install_defaults: gives an empty installation its routes (every country that libphonenumber knows), policies
 * and texts for SMS and e-mail. What is there already is never touched; any number of processes may do it at once.
 *
 * @param at when the installation began, as its first version says; left out, now.
 */
export async function ensureDefaults(at?: Date): Promise<void> {
  await transact(async (tx) => {
    await holdSetupLock(tx);
    await insertMissingRoutes(tx, [globalRoute(), ...REGIONS.map(regionRoute), ...COUNTRIES.map(countryRoute)]);
    await insertMissingPolicies(tx, DEFAULT_POLICIES);
    await insertMissingTemplates(
      tx,
      'sms',
      Object.entries(SMS_TEXTS).map(([locale, text]) => ({ id: newUuid(), locale, text, subject: null })),
    );
    await insertMissingTemplates(
      tx,
      'email',
      Object.entries(MAIL_TEXTS).map(([locale, mail]) => ({ id: newUuid(), locale, ...mail })),
    );
    // What an installation begins with is its first version: there is always one to go back to.
    if ((await findHeadVersion(tx)) === 0) {
      await insertVersion(tx, {
        actor: { kind: 'system', what: 'installation' },
        note: 'Installed with the defaults',
        changes: [],
        document: await findLiveEntities(tx),
        impact: { verifications: 0, costMicros: 0, countries: [], useCases: [] },
        rollsBackTo: null,
        ...(at ? { at } : {}),
      });
    }
  });
}

const INHERIT = { ...INHERITS_ALL, coverageSource: null } as const;

function globalRoute(): NewRoute {
  return {
    ...INHERIT,
    scope: 'global',
    parent: null,
    mode: 'automatic',
    channels: WHATSAPP_FIRST,
    fallbackOnFailed: true,
    fallbackAfterSeconds: FALLBACK_AFTER_SECONDS.default,
    defaultLocale: 'en',
    // Where no list price was found: the dearest market's order of magnitude, so that an estimate never flatters.
    prices: { whatsapp: 8_000, sms: 100_000 },
  };
}

function regionRoute(region: string): NewRoute {
  return { ...INHERIT, scope: `region:${region}`, parent: 'global' };
}

/** Only what differs from the region: a country overrides its order of channels, its prices and its language. */
function countryRoute(facts: CountryFacts): NewRoute {
  const prices = {
    ...(facts.whatsappMicros === null ? {} : { whatsapp: facts.whatsappMicros }),
    ...(facts.smsMicros === null ? {} : { sms: facts.smsMicros }),
  };
  return {
    ...INHERIT,
    ...routeByCoverage(facts.coverage),
    scope: `country:${facts.country}`,
    parent: `region:${facts.region}`,
    defaultLocale: facts.locale,
    prices: Object.keys(prices).length > 0 ? prices : null,
    coverage: facts.coverage,
    coverageSource: facts.coverageSource || null,
  };
}

function routeByCoverage(coverage: CountryFacts['coverage']): {
  mode: RouteMode | null;
  channels: readonly RouteChannel[] | null;
} {
  switch (coverage) {
    case 'general':
      return { mode: 'user_choice', channels: null };
    case 'low':
      return { mode: null, channels: SMS_FIRST };
    case 'blocked':
      return { mode: null, channels: SMS_ONLY };
    default:
      return { mode: null, channels: null };
  }
}
