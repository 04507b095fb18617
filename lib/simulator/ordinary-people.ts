import { type CountryProfile, profileOf } from '@/lib/simulator/country-profiles';
import { type Plan, type PlannedReceipt, promptPlan, receipt, type SendFacts } from '@/lib/simulator/plan';
import { logNormalMs, type Random, shareOf } from '@/lib/simulator/random';

/** Believable delivery: latency and failure drawn from the profile of the number's country. */
export function ordinaryPlan(facts: SendFacts, random: Random): Plan {
  if (facts.channel === 'email') return mailPlan(facts, random);
  const profile = profileOf(facts.country);
  const plan = promptPlan(facts, `profile ${facts.country ?? 'unknown'}`);
  const drawn =
    facts.channel === 'whatsapp' ? whatsAppPlan(plan, facts, profile, random) : smsPlan(plan, profile, random);
  return dropWhenLate({ ...drawn, answerMs: logNormalMs(random, 110, 380) }, facts);
}

/** Letters arrive within seconds; one in a hundred ends where nobody looks, and its sender never hears of it. Chosen by us. */
function mailPlan(facts: SendFacts, random: Random): Plan {
  const plan = { ...promptPlan(facts, 'mail'), answerMs: logNormalMs(random, 180, 700) };
  if (random() < 0.002) return { ...plan, answer: 'error500', takes: false, arrivesMs: null, receipts: [] };
  return { ...plan, arrivesMs: random() < 0.01 ? null : logNormalMs(random, 1800, 9000) };
}

function whatsAppPlan(plan: Plan, facts: SendFacts, profile: CountryProfile, random: Random): Plan {
  // Whether a person uses WhatsApp belongs to the person, not to the message: a second try fails again.
  if (shareOf(`whatsapp ${facts.to}`) < profile.notOnWhatsApp) {
    const failed = receipt('failed', logNormalMs(random, 900, 2500), 'not_on_whatsapp');
    return { ...plan, fault: 'not_on_whatsapp', arrivesMs: null, receipts: [failed] };
  }
  // 0.1 % of calls meet a provider that has hiccups.
  if (random() < 0.001) return { ...plan, answer: 'error500', takes: false, arrivesMs: null, receipts: [] };

  const sentMs = logNormalMs(random, 450, 1100);
  if (random() < profile.whatsAppSilent) return { ...plan, arrivesMs: null, receipts: [receipt('sent', sentMs)] };

  // One phone in fifty is off or out of coverage and shows it minutes later.
  const isAway = random() < 0.02;
  const travelMs = isAway
    ? logNormalMs(random, 90_000, 600_000)
    : logNormalMs(random, profile.whatsAppMs.median, profile.whatsAppMs.p95);
  const arrivesMs = sentMs + Math.max(150, travelMs - sentMs);
  return { ...plan, arrivesMs, receipts: mixUp(whatsAppReceipts(sentMs, arrivesMs, profile, random), random) };
}

function whatsAppReceipts(
  sentMs: number,
  arrivesMs: number,
  profile: CountryProfile,
  random: Random,
): PlannedReceipt[] {
  const sent = receipt('sent', sentMs);
  const delivered = { ...receipt('delivered', arrivesMs), postMs: arrivesMs + logNormalMs(random, 90, 700) };
  if (random() >= profile.read) return [sent, delivered];
  const readMs = arrivesMs + logNormalMs(random, 5000, 35_000);
  // With the chat open, WhatsApp says `read` and leaves `delivered` out.
  return random() < 0.04 ? [sent, receipt('read', arrivesMs + 300)] : [sent, delivered, receipt('read', readMs)];
}

function smsPlan(plan: Plan, profile: CountryProfile, random: Random): Plan {
  const sentMs = logNormalMs(random, 700, 2200);
  const sent = receipt('sent', sentMs);
  const travelMs = logNormalMs(random, profile.smsMs.median, profile.smsMs.p95);
  const arrivesMs = sentMs + Math.max(300, travelMs - sentMs);
  const chance = random();
  if (chance < profile.smsUndelivered) {
    const fault = random() < 0.6 ? 'unreachable' : random() < 0.5 ? 'unknown' : 'filtered';
    return { ...plan, fault, arrivesMs: null, receipts: [sent, receipt('failed', arrivesMs + 1500, fault)] };
  }
  if (chance < profile.smsUndelivered + profile.smsNoReceipt) return { ...plan, arrivesMs, receipts: [sent] };
  const delivered = { ...receipt('delivered', arrivesMs), postMs: arrivesMs + logNormalMs(random, 250, 3000) };
  // Twilio does not repeat a callback that got lost: whoever never asks never learns.
  if (random() < 0.005) return { ...plan, arrivesMs, receipts: [sent, { ...delivered, isLost: true }] };
  return { ...plan, arrivesMs, receipts: mixUp([sent, delivered], random) };
}

/** One message in fifty has its webhooks repeated or overtaking each other, as real ones do. */
function mixUp(receipts: PlannedReceipt[], random: Random): PlannedReceipt[] {
  const chance = random();
  const last = receipts[receipts.length - 1];
  const first = receipts[0];
  if (!first || !last || chance >= 0.02) return receipts;
  if (chance < 0.01) return [...receipts, { ...last, postMs: last.postMs + 400 }];
  return receipts.map((planned) => (planned === first ? { ...planned, postMs: last.postMs + 250 } : planned));
}

/**
 * A message that outlives its time to live is dropped. Meta promises no webhook for it; Twilio reports 30036
 * ("validity period expired") and Vonage `rejected`.
 */
function dropWhenLate(plan: Plan, facts: SendFacts): Plan {
  if (plan.arrivesMs === null || facts.ttlSeconds === null || plan.arrivesMs <= facts.ttlSeconds * 1000) return plan;
  const sentOnly = plan.receipts.filter((planned) => planned.status === 'sent');
  if (facts.provider === 'meta-cloud') return { ...plan, arrivesMs: null, receipts: sentOnly };
  const failed = receipt('failed', facts.ttlSeconds * 1000 + 500, 'expired');
  return { ...plan, fault: 'expired', arrivesMs: null, receipts: [...sentOnly, failed] };
}
