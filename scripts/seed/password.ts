import { randomInt } from 'node:crypto';

const CONSONANTS = 'bdfghjklmnprstvz';
const VOWELS = 'aeiou';

/** A password that can be read aloud: four pronounceable words and four digits, about 64 bits from the system's randomness. */
export function readablePassword(): string {
  const pick = (letters: string) => letters.charAt(randomInt(letters.length));
  const word = () => pick(CONSONANTS) + pick(VOWELS) + pick(CONSONANTS) + pick(VOWELS);
  return [word(), word(), word(), word(), randomInt(10_000).toString().padStart(4, '0')].join('-');
}
