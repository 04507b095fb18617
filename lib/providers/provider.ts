import type { Channel, ProviderName } from '@/lib/domain/channel';
import type { FailureReason } from '@/lib/domain/message/reasons';
import type { ReceiptStatus } from '@/lib/domain/message/states';

/**
 * What a provider needs to reach one account. `settings` are plain (ids, API version, sender), `credentials` are
 * secrets, opened from the database only in memory. Both were parsed by the provider's own schemas when saved.
 * `previousCredentials` stay valid for callbacks while a secret is being rotated.
 */
export type ConnectionAccess = {
  id: string;
  provider: ProviderName;
  /** Base of the provider's API without a trailing slash, e.g. `https://graph.facebook.com`; the simulator is reached by changing it. */
  baseUrl: string;
  settings: Record<string, string>;
  credentials: Record<string, string>;
  previousCredentials: Record<string, string> | null;
};

/** What the person receives. WhatsApp authentication templates have no free text; every other channel carries `body`. */
export type MessageContent = { kind: 'template'; name: string; language: string } | { kind: 'text'; body: string };

export type OutboundMessage = {
  /** Our public message id (`msg_…`). Echoed by the provider where it can, so a receipt finds its message even before the send has answered. */
  messageId: string;
  channel: Channel;
  /** E.164 with the plus sign. */
  to: string;
  code: string;
  content: MessageContent;
  /** Seconds of the code's life that are left: providers that can drop late messages are told so. */
  validitySeconds: number;
  /** Where the provider should post receipts; null when the provider is configured once for all messages (Meta). Already holds `?message=msg_…`. */
  statusCallbackUrl: string | null;
};

/**
 * `refused` is final for this message. `unknown` means we cannot tell: it may yet arrive (timeout, reset after the
 * request was written, answer that is not the provider's), so nobody may treat it as failed.
 */
export type SendResult =
  | { kind: 'accepted'; providerMessageId: string; segments: number | null }
  | { kind: 'refused'; reason: FailureReason; providerCode: string; detail: string }
  | { kind: 'unknown'; detail: string };

/** One thing a callback told us, in our words. */
export type ProviderEvent =
  | {
      kind: 'receipt';
      /** Our `msg_…` id when the provider echoed it. */
      messageId: string | null;
      providerMessageId: string;
      status: ReceiptStatus;
      /** The provider's clock; our arrival time where the provider does not tell. */
      at: Date;
      reason: FailureReason | null;
      providerCode: string | null;
      /** The provider's own words, at most 300 characters, without the number or the code. */
      detail: string | null;
      /** What the provider says it charged, in micros of `currency`; null when it does not say. */
      chargedMicros: number | null;
      currency: string | null;
    }
  | {
      kind: 'template_status';
      name: string;
      language: string;
      status: 'pending' | 'approved' | 'rejected' | 'paused' | 'disabled';
      reason: string | null;
      at: Date;
    }
  /** The person pressed "I didn't request a code". `from` is E.164 with the plus sign: never log it. */
  | { kind: 'code_denied'; from: string; providerMessageId: string | null; at: Date }
  /** Authentic, understood as not for us. Kept, answered 2xx, has no effect. */
  | { kind: 'ignored'; what: string };

/** A callback exactly as it came in: signatures cover bytes, never parsed JSON. */
export type Callback = {
  /** The full public URL that the provider called, built from our configured public address, with its query. */
  url: string;
  header(name: string): string | null;
  raw: Uint8Array;
  /** When we took it in. Stands in for the provider's clock where a callback carries none (Twilio). */
  receivedAt: Date;
};

/** Thrown by `readEvents` when an authentic body is not the provider's format. Becomes a 400. */
export class MalformedCallback extends Error {}

/** What the rest of the house knows about a carrier. Both directions live in one folder; nobody else knows its words. */
export interface Provider {
  readonly name: ProviderName;
  readonly channels: readonly Channel[];
  /** Where the provider's API lives unless a connection says otherwise. */
  readonly defaultBaseUrl: string;
  /**
   * Sends once, or answers `refused` where nothing was sent. Resolves, except that it rejects with the signal's reason
   * when the signal had been aborted before the call, or was aborted by anything but a timeout while no connection
   * stood: then nothing was written, and the same message may be sent again.
   */
  send(connection: ConnectionAccess, message: OutboundMessage, signal: AbortSignal): Promise<SendResult>;
  /** False on any doubt: missing header, missing secret, wrong length. Compares in constant time. */
  isAuthentic(connection: ConnectionAccess, callback: Callback): boolean;
  /** Everything one callback says, in its own order. Unknown parts become `ignored`. Throws MalformedCallback. */
  readEvents(callback: Callback): ProviderEvent[];
  /** The text to answer a subscription handshake with, or null when it is not ours. */
  answerChallenge?(connection: ConnectionAccess, query: URLSearchParams): string | null;
  /** Asks what became of a message; for providers that may lose a callback. Null: nothing new, or no answer. */
  fetchReceipt?(
    connection: ConnectionAccess,
    providerMessageId: string,
    signal: AbortSignal,
  ): Promise<ProviderEvent | null>;
}
