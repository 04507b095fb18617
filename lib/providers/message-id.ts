const PUBLIC_MESSAGE_ID = /^msg_[0-9a-f]{32}$/;

/**
 * Our message id as a provider echoed it, or null. A provider's account may be shared with other software, whose echoes
 * are not ours to look up.
 */
export function ourMessageId(echo: unknown): string | null {
  return typeof echo === 'string' && PUBLIC_MESSAGE_ID.test(echo) ? echo : null;
}
