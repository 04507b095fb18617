import { open } from '@/lib/crypto/seal';
import type { Channel } from '@/lib/domain/channel';

/** Where values are sealed to: a ciphertext opens only for the row and column it was made for. */
export const numberPlace = (verificationId: string) => `verification/to/${verificationId}`;
export const mailPlace = (verificationId: string) => `verification/email/${verificationId}`;
export const codePlace = (verificationId: string) => `verification/code/${verificationId}`;
export const callbackPlace = (callbackId: string) => `callback/body/${callbackId}`;

/** Where a message on this channel goes: the number, or for e-mail the address. A plan has no step on email without one. */
export function recipientFor(
  channel: Channel,
  sealed: { id: string; toSealed: Buffer; emailSealed: Buffer | null },
): string {
  if (channel !== 'email') return open(sealed.toSealed, numberPlace(sealed.id)).toString();
  if (!sealed.emailSealed) throw new Error(`verification ${sealed.id} has no address for its step on email`);
  return open(sealed.emailSealed, mailPlace(sealed.id)).toString();
}
