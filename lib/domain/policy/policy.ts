import type { Channel } from '@/lib/domain/channel';
import { ALPHABETS, type Alphabet } from '@/lib/domain/policy/alphabet';

/** How long, how many, how often: the rules of one use case. */
export type Policy = {
  useCase: string;
  name: string;
  lifetimeSeconds: number;
  codeLength: number;
  checksMax: number;
  resendCooldownSeconds: number;
  resendsMax: number;
  codeMode: 'same_code' | 'code_per_message';
  resendCode: 'same_code' | 'new_code';
  /** Empty: every channel of the route. */
  channels: readonly Channel[];
  alphabet: Alphabet;
  /** Amount and payee are told to the person and are part of what is approved. */
  bindsTransaction: boolean;
  /** The industry pack that installed it; a tag in reports. */
  pack: string | null;
};

/** Odds of guessing one code: checks ÷ possible codes. Above 1 in 10 000 the linter warns. */
export function guessOdds(policy: Pick<Policy, 'checksMax' | 'codeLength' | 'alphabet'>): number {
  return policy.checksMax / ALPHABETS[policy.alphabet].length ** policy.codeLength;
}

/** The code of a verification made with a test key. */
export const testCode = (policy: Pick<Policy, 'codeLength'>): string => '0'.repeat(policy.codeLength);

/** What the message may say about its own life, whole minutes, never more than the truth and at least 1. */
export function lifetimeMinutes(lifetimeSeconds: number): number {
  return Math.max(1, Math.floor(lifetimeSeconds / 60));
}

/** Between the issue and the words of a message that leaves at once. */
const GRACE_SECONDS = 5;

/** What a message may say while this much of the life is left: what the first one said as long as only moments have passed. */
export function minutesLeft(secondsLeft: number, lifetimeSeconds: number): number {
  return lifetimeMinutes(Math.min(secondsLeft + GRACE_SECONDS, lifetimeSeconds));
}

/** The policies every installation starts with. */
export const DEFAULT_POLICIES: readonly Policy[] = [
  ['login', 'Login', 300],
  ['registration', 'Registration', 600],
  ['payment', 'Payment', 600],
  ['withdrawal', 'Withdrawal', 600],
  ['profile_change', 'Profile change', 600],
  ['password_reset', 'Password reset', 600],
  ['account_recovery', 'Account recovery', 600],
  ['abnormal_activity', 'Unusual activity', 300],
].map(([useCase, name, lifetimeSeconds]) => ({
  useCase: String(useCase),
  name: String(name),
  lifetimeSeconds: Number(lifetimeSeconds),
  codeLength: 6,
  checksMax: 5,
  resendCooldownSeconds: 60,
  resendsMax: 3,
  codeMode: 'same_code',
  resendCode: 'same_code',
  channels: [],
  alphabet: 'digits',
  bindsTransaction: false,
  pack: null,
}));
