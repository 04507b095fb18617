import type pg from 'pg';
import { planRow } from '@/lib/db/plans';
import { orderedSteps, type Plan } from '@/lib/domain/routing/plan';
import { reloadConfiguration } from '@/lib/operations/configuration/snapshot';
import { planFor, policyOf } from '@/lib/operations/routes/plan-for';
import { install } from '../../scripts/seed/installation';
import { PLACES } from '../../scripts/seed/places';
import { appsByCountry, carriageOf, type SceneApp, sceneApps, USE_CASES, unit } from './scenery';

/** How verifications of one country and use case travel: automatic by three draws of the connections, then chosen by the person. */
const VARIANTS = [
  { draw: 0.1, channel: null },
  { draw: 0.65, channel: null },
  { draw: 0.95, channel: null },
  { draw: 0.1, channel: 'sms' },
  { draw: 0.1, channel: 'whatsapp' },
  { draw: 0.1, channel: 'email' },
] as const;

/** Configuration of an installation with fifty apps and two connections each for WhatsApp and SMS. `DATABASE_URL` must name the empty, migrated database. */
export async function installScene(client: pg.Client, since: Date): Promise<SceneApp[]> {
  const { metaId } = await install({
    simulatorUrl: 'http://127.0.0.1:9',
    smtpUrl: 'smtp://127.0.0.1:9',
    publicUrl: 'http://127.0.0.1:9',
    since,
  });
  const apps = sceneApps(since.getTime());
  await client.query(
    'INSERT INTO app (id, name, brand, created_at) SELECT r.id, r.name, r.brand, $2 FROM json_to_recordset($1) AS r(id uuid, name text, brand text)',
    [JSON.stringify(apps), since],
  );
  await client.query('UPDATE connection SET enabled = true');
  const { rows } = await client.query<{ id: string; provider: string }>('SELECT id, provider FROM connection');
  const idOf = (provider: string) => rows.find((row) => row.provider === provider)?.id ?? metaId;
  await client.query(
    `UPDATE route SET channels = (SELECT jsonb_agg(c || jsonb_build_object('connections', CASE c->>'channel' WHEN 'whatsapp' THEN $1::jsonb WHEN 'sms' THEN $2::jsonb ELSE '[]' END))
       FROM jsonb_array_elements(channels || '[{"channel": "email", "enabled": true, "connections": []}]'::jsonb) c) WHERE channels IS NOT NULL`,
    [
      JSON.stringify([
        { id: idOf('meta-cloud'), weight: 85 },
        { id: idOf('ycloud'), weight: 15 },
      ]),
      JSON.stringify([
        { id: idOf('twilio'), weight: 60 },
        { id: idOf('vonage'), weight: 40 },
      ]),
    ],
  );
  return apps;
}

type PlanChoice = { country: string; useCase: string; variant: number; plan: Plan };

/** What the day's SQL looks up: apps, countries, plans and how messages fare on them. Writes the plans as issues would have. */
export async function prepareScene(client: pg.Client, apps: readonly SceneApp[]): Promise<void> {
  const configuration = await reloadConfiguration();
  const choices: PlanChoice[] = [];
  for (const { country, language } of PLACES) {
    for (const useCase of USE_CASES) {
      const policy = policyOf(configuration, useCase);
      const planned = VARIANTS.map(({ draw, channel }) =>
        planFor(configuration, {
          country,
          policy,
          channel,
          hasMailAddress: channel === 'email',
          locale: language,
          app: null,
          draw,
        }),
      );
      const [first] = planned;
      if (!first || first.steps.length === 0) throw new Error(`nothing can be sent to ${country}`);
      // A channel that the country does not offer cannot be chosen.
      planned.forEach((plan, variant) => {
        choices.push({ country, useCase, variant, plan: plan.steps.length > 0 ? plan : first });
      });
    }
  }
  const kept = new Map(choices.map(({ plan }) => [planRow(plan).id, planRow(plan)]));
  await client.query(
    'INSERT INTO plan (id, body, outline) SELECT r.id, r.body::jsonb, r.outline::jsonb FROM json_to_recordset($1) AS r(id uuid, body text, outline text) ON CONFLICT DO NOTHING',
    [JSON.stringify([...kept.values()])],
  );
  await fill(client, 'plan', choices.map(planColumns));
  const modes = new Map(PLACES.map(({ country }) => [country, configuration.routeFor(country).mode]));
  await fill(
    client,
    'place',
    appsByCountry(apps).map(({ country, bounds }) => ({
      country,
      bounds,
      chooses: modes.get(country) === 'user_choice' ? 0.45 + 0.3 * unit('chooses', country) : 0.03,
    })),
  );
  await fill(
    client,
    'app',
    apps.map(({ id, useCases }, n) => ({ rank: n + 1, id, use_cases: useCases })),
  );
  await fill(
    client,
    'use_case',
    USE_CASES.map((name, n) => ({ rank: n + 1, name })),
  );
}

function planColumns({ country, useCase, variant, plan }: PlanChoice, id: number) {
  const steps = orderedSteps(plan);
  const carriages = steps.map(({ channel, provider }) => carriageOf(channel, provider, country));
  return {
    id,
    country,
    use_case: useCase,
    variant,
    plan_id: planRow(plan).id,
    locale: steps[0]?.locale ?? 'en',
    chosen: plan.isUserChoice ? steps[0]?.channel : null,
    falls_back: plan.fallbackOnFailed,
    fallback_ms: plan.fallbackAfterSeconds * 1_000,
    lifetime_ms: plan.policy.lifetimeSeconds * 1_000,
    cooldown_ms: plan.policy.resendCooldownSeconds * 1_000,
    checks_max: plan.policy.checksMax,
    steps: steps.length,
    channel: steps.map(({ channel }) => channel),
    provider: steps.map(({ provider }) => provider),
    connection: steps.map(({ connectionId }) => connectionId),
    template: steps.map(({ template }) => template.name ?? template.id),
    locales: steps.map(({ locale }) => locale),
    price: steps.map(({ priceMicros }) => priceMicros),
    rule: steps.map(({ priceRule }) => priceRule),
    refused: carriages.map(({ refused }) => refused),
    failed: carriages.map(({ failed }) => failed),
    silent: carriages.map(({ silent }) => silent),
    typical_ms: carriages.map(({ typicalMs }) => typicalMs),
    spread: carriages.map(({ spread }) => spread),
  };
}

/** Rows into one of the load's own tables; the keys are its columns. */
export async function fill(client: pg.Client, table: string, rows: readonly object[]): Promise<void> {
  await client.query(
    `INSERT INTO bench_load.${table} SELECT * FROM json_populate_recordset(NULL::bench_load.${table}, $1)`,
    [JSON.stringify(rows)],
  );
  await client.query(`ANALYZE bench_load.${table}`);
}
