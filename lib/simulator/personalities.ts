import { lastFourOf } from '@/lib/simulator/phones';
import { failLater, type Plan, promptPlan, receipt, refuseNow, type SendFacts } from '@/lib/simulator/plan';

type Personality = (plan: Plan, facts: SendFacts) => Plan;

const isWhatsApp = (facts: SendFacts): boolean => facts.channel === 'whatsapp';

/** Meta answers 131026 by webhook without ever saying `sent`. */
const notOnWhatsApp = (plan: Plan): Plan => ({
  ...plan,
  fault: 'not_on_whatsapp',
  arrivesMs: null,
  receipts: [receipt('failed', 800, 'not_on_whatsapp')],
});

/**
 * What a number does, by its last four digits. `plan` is the prompt delivery; where a line says nothing about a
 * channel, that channel delivers promptly.
 */
const PERSONALITIES: Record<string, Personality> = {
  '0001': (plan, facts) => (isWhatsApp(facts) ? notOnWhatsApp(plan) : plan),
  '0002': (plan, facts) => (isWhatsApp(facts) ? refuseNow(plan, 'refuse', 'not_on_whatsapp') : plan),
  '0003': (plan, facts) => (isWhatsApp(facts) ? { ...plan, arrivesMs: null, receipts: [receipt('sent', 400)] } : plan),
  '0004': (plan) => ({ ...plan, arrivesMs: 45_000, receipts: [receipt('sent', 400), receipt('delivered', 45_000)] }),
  '0005': (plan, facts) => ({ ...plan, arrivesMs: 2000, receipts: shuffledReceipts(isWhatsApp(facts)) }),
  '0006': (plan, facts) => (isWhatsApp(facts) ? refuseNow(plan, 'error500', 'unknown') : plan),
  '0007': (plan, facts) => (isWhatsApp(facts) ? refuseNow(plan, 'hang', 'unknown') : plan),
  '0008': (plan, facts) => (isWhatsApp(facts) ? notOnWhatsApp(plan) : failLater(plan, 'unreachable', 3000)),
  '0009': (plan, facts) => (isWhatsApp(facts) ? notOnWhatsApp(plan) : failLater(plan, 'unknown_handset', 2500)),
  '0010': (plan) => ({
    ...plan,
    answerMs: 1000,
    arrivesMs: 0,
    receipts: [receipt('delivered', 0), receipt('sent', 200)],
    receiptFirst: true,
  }),
};

/**
 * The same for addresses. Mail tells nothing after its first answer: what fails later is a letter that never lies in the
 * mailbox. Where a line is missing, the letter arrives.
 */
const MAIL_PERSONALITIES: Record<string, Personality> = {
  '0002': (plan) => refuseNow(plan, 'refuse', 'unknown_handset'),
  '0003': (plan) => ({ ...plan, arrivesMs: null, receipts: [] }),
  '0004': (plan) => ({ ...plan, arrivesMs: 45_000 }),
  '0005': (plan) => ({ ...plan, receipts: [receipt('delivered', 3000), receipt('delivered', 3050)] }),
  '0006': (plan) => refuseNow(plan, 'error500', 'unknown'),
  '0007': (plan) => refuseNow(plan, 'hang', 'unknown'),
  '0008': (plan) => ({ ...plan, arrivesMs: null, receipts: [] }),
  '0009': (plan) => refuseNow(plan, 'refuse', 'unknown_handset'),
  '0010': (plan) => ({ ...plan, answerMs: 1000, arrivesMs: 0 }),
};

/** The fixed behaviour of a number, or null for an ordinary one. */
export function personalityPlan(facts: SendFacts): Plan | null {
  const lastFour = lastFourOf(facts.to);
  const personality = (facts.channel === 'email' ? MAIL_PERSONALITIES : PERSONALITIES)[lastFour];
  return personality ? personality(promptPlan(facts, `personality ${lastFour}`), facts) : null;
}

/** True for numbers whose behaviour is fixed: a crowd of ordinary people must not hold one. */
export function hasPersonality(to: string): boolean {
  return to.slice(-4) in PERSONALITIES;
}

/** The same facts, told twice and in the wrong order; each keeps the time at which it happened. */
function shuffledReceipts(withRead: boolean): Plan['receipts'] {
  const happened = { sent: 500, delivered: 2000, read: 2600 };
  const told: [keyof typeof happened, number][] = [
    ['delivered', 2000],
    ['delivered', 2030],
    ['read', 2700],
    ['sent', 3000],
    ['delivered', 3100],
    ['read', 3200],
    ['sent', 3300],
  ];
  return told
    .filter(([status]) => withRead || status !== 'read')
    .map(([status, postMs]) => ({ status, atMs: happened[status], postMs }));
}
