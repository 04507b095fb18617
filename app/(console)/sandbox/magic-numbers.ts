/**
 * Endings that the provider simulator acts on. Against real providers these are ordinary numbers; in test mode nothing
 * is sent at all, so the way only shows in live mode with the simulator behind it.
 */
export const MAGIC_NUMBERS: readonly { ending: string; does: string }[] = [
  { ending: '0001', does: 'Not on WhatsApp: accepted, then failed' },
  { ending: '0002', does: 'Refused at once' },
  { ending: '0003', does: 'Sent, never delivered' },
  { ending: '0004', does: 'Delivered after 45 s' },
  { ending: '0005', does: 'Receipts twice and out of order' },
  { ending: '0006', does: 'The provider answers 500' },
  { ending: '0007', does: 'The provider never answers' },
  { ending: '0008', does: 'SMS undelivered' },
  { ending: '0009', does: 'Every channel fails' },
  { ending: '0010', does: 'The receipt overtakes the answer' },
];

/** A Brazilian mobile number with this ending; the digits before it vary, so that a second try is not inside the first one's cooldown. */
export function magicNumber(ending: string, draw: number): string {
  const middle = String(Math.floor(draw * 9000) + 1000);
  return `+55119${middle}${ending}`;
}
