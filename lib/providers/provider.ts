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

/** What the person receives. WhatsApp authentication templates have no free text; an SMS is a `text`, an e-mail a `mail`. */
export type MessageContent =
  | { kind: 'template'; name: string; language: string }
  /** `dltTemplateId`: the id under which India's operators have this text registered, where the text has one. */
  | { kind: 'text'; body: string; dltTemplateId?: string }
  | { kind: 'mail'; subject: string; body: string };

export type OutboundMessage = {
  /** Our public message id (`msg_…`). Echoed by the provider where it can, so a receipt finds its message even before the send has answered. */
  messageId: string;
  channel: Channel;
  /** E.164 with the plus sign; on channel email the address. */
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
  | {
      kind: 'accepted';
      providerMessageId: string;
      segments: number | null;
      /** The answer itself says that the message is on its way, and nothing will say so later (SMTP). */
      hasLeft?: true;
    }
  | {
      kind: 'refused';
      reason: FailureReason;
      providerCode: string;
      detail: string;
      /** The provider asks to be left alone this long. */
      retryAfterSeconds?: number;
    }
  | { kind: 'unknown'; detail: string };

/**
 * The settings of the connection that news are about, where one callback address may hear of several, e.g.
 * `{ phone_number_id: '123' }`; left out where the callback does not name them.
 */
export type NamedSettings = Readonly<Record<string, string>>;

/** One thing a callback told us, in our words. */
export type ProviderEvent = (
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
      status: TemplateStatus;
      reason: string | null;
      at: Date;
    }
  /** News about a sender: how the provider judges and shows it. Null: the news does not say. */
  | {
      kind: 'sender_status';
      /** The provider's own id or number of the sender, as the connection's settings name it. */
      sender: string;
      quality: 'green' | 'yellow' | 'red' | null;
      /** The provider's word for how many people it may write to in a day, e.g. `TIER_10K`. */
      messagingLimit: string | null;
      displayName: string | null;
      /** Review of the display name: `approved`, `pending`, `rejected` … */
      nameStatus: string | null;
      /** Verified badge. */
      isVerified: boolean | null;
      at: Date;
    }
  /** The person pressed "I didn't request a code". `from` is E.164 with the plus sign: never log it. */
  | { kind: 'code_denied'; from: string; providerMessageId: string | null; at: Date }
  /** Authentic, understood as not for us. Kept, answered 2xx, has no effect. */
  | { kind: 'ignored'; what: string }
) & { about?: NamedSettings };

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

type AndroidApp = { packageName: string; signatureHash: string };

/** What an authentication template may say: its sentences are WhatsApp's, only these choices are ours. */
export type TemplateDraft = {
  /** Lower-case letters, digits and underscores, at most 512. */
  name: string;
  language: string;
  addSecurityRecommendation: boolean;
  /** 1 to 90; null leaves the expiry sentence out. Must agree with the policy's lifetime, else the message lies. */
  codeExpirationMinutes: number | null;
  /** 30 to 900 seconds; null keeps Meta's default of 10 minutes. */
  ttlSeconds: number | null;
  button:
    | { kind: 'copy_code'; text?: string }
    | { kind: 'one_tap'; text?: string; autofillText?: string; apps: AndroidApp[] }
    | { kind: 'zero_tap'; text?: string; autofillText?: string; apps: AndroidApp[]; termsAccepted: true };
};

export type TemplateStatus = 'pending' | 'approved' | 'rejected' | 'paused' | 'disabled';

/** One language of a template as the provider lists it. */
export type ProviderTemplate = {
  id: string;
  name: string;
  /** Meta's spelling, e.g. `en_US`. */
  language: string;
  status: TemplateStatus;
  /** Why it was rejected or paused, in the provider's words; null where it does not say. */
  reason: string | null;
  /** Seconds after which an undelivered message is dropped; null when the provider's default holds. */
  ttlSeconds: number | null;
  /** The code's life that the message tells, minutes; null when it tells none or the list does not say. */
  codeExpirationMinutes: number | null;
  button: TemplateDraft['button']['kind'] | null;
};

/** `isComplete` is false when the list went on past its bound: absence then proves nothing. */
export type TemplateList = { kind: 'listed'; templates: ProviderTemplate[]; isComplete: boolean };
export type TemplateCreated = { kind: 'created'; id: string; status: TemplateStatus };
type NotDone = Extract<SendResult, { kind: 'refused' | 'unknown' }>;

/** WhatsApp authentication templates in the connection's account. */
export interface TemplateDesk {
  /** Submits one language of a template for review. `unknown` may have created it: list before trying again. */
  create(connection: ConnectionAccess, draft: TemplateDraft, signal: AbortSignal): Promise<TemplateCreated | NotDone>;
  /** The authentication templates of the account. One deadline for all pages. Sends nothing, changes nothing. */
  list(connection: ConnectionAccess, signal: AbortSignal): Promise<TemplateList | NotDone>;
}

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
  /**
   * Only where a provider posts what happens to several connections to the address of one: the credential that signs
   * callbacks. Connections that share it (the current or the previous one) belong to one account at the provider.
   */
  readonly sharedSecret?: string;
  /** Everything one callback says, in its own order. Unknown parts become `ignored`. Throws MalformedCallback. */
  readEvents(callback: Callback): ProviderEvent[];
  /** True where nothing is ever told of a message once it was taken: what became of it stays unknown, which is not zero. */
  readonly isSilent?: true;
  /** Only where WhatsApp templates live in the account. */
  templates?: TemplateDesk;
  /** Proves that address and credentials are good without sending anything; `detail` is safe to show. Null: cannot be told without a send. */
  testConnection?(connection: ConnectionAccess, signal: AbortSignal): Promise<{ isGood: boolean; detail: string }>;
  /** The text to answer a subscription handshake with, or null when it is not ours. */
  answerChallenge?(connection: ConnectionAccess, query: URLSearchParams): string | null;
  /** Asks what became of a message; for providers that may lose a callback. Null: nothing new, or no answer. */
  fetchReceipt?(
    connection: ConnectionAccess,
    providerMessageId: string,
    signal: AbortSignal,
  ): Promise<ProviderEvent | null>;
}
