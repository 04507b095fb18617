import pino, { type Logger } from 'pino';
import { env } from '@/lib/env';

const holder = globalThis as { watchwordLog?: Logger };

/**
 * Log lines are events with names and ids: `log().info({ verificationId }, 'verification.issued')`.
 * Codes, numbers and secrets never go in; the redaction list is the second wall, not the first.
 */
export function log(): Logger {
  holder.watchwordLog ??= pino({
    level: env().LOG_LEVEL,
    base: null,
    redact: {
      paths: [
        'code',
        'to',
        '*.code',
        '*.to',
        'authorization',
        '*.authorization',
        'credentials',
        '*.credentials',
        'password',
        '*.password',
      ],
      censor: '[redacted]',
    },
  });
  return holder.watchwordLog;
}
