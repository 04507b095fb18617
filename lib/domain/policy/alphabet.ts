/**
 * What codes are drawn from. Letters and digits leave out what people confuse when they read or hear it: 0 and O, 1, I
 * and L. All letters are capitals; a check does not mind the case.
 */
export const ALPHABETS = {
  digits: '0123456789',
  letters_and_digits: '23456789ABCDEFGHJKMNPQRSTUVWXYZ',
} as const;
export type Alphabet = keyof typeof ALPHABETS;

/** A code as people type it (spaces, hyphens, small letters) in the one spelling that was sent. */
export const normaliseCode = (typed: string): string => typed.replace(/[ -]/g, '').toUpperCase();
