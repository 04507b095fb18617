/** Longest address that can stand in an SMTP envelope (RFC 5321: a path of 256 with its angle brackets). */
export const MAIL_ADDRESS_LENGTH_MAX = 254;
const LOCAL_PART_LENGTH_MAX = 64;

/**
 * One plain address: dotted atoms before the @, a dotted ASCII host name behind it. Quoted local parts and address literals
 * exist on paper only and are where header injection hides.
 */
const ADDRESS =
  /^([A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*)@((?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2}[A-Za-z0-9-]{0,61})$/;

/** Whether a code can be mailed to it. Says nothing about whether anybody reads there. */
export function isMailAddress(text: string): boolean {
  // The length first: no pattern runs over more than an address.
  if (text.length > MAIL_ADDRESS_LENGTH_MAX) return false;
  const [, local = ''] = ADDRESS.exec(text) ?? [];
  return local.length > 0 && local.length <= LOCAL_PART_LENGTH_MAX;
}

/** For people: the first letter, dots, the host. `a•••@example.com` */
export function maskMailAddress(address: string): string {
  const at = address.lastIndexOf('@');
  return `${address.slice(0, 1)}•••${at > 0 ? address.slice(at) : ''}`;
}
