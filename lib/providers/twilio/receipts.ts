import { safeDetail } from '@/lib/providers/detail';
import { ourMessageId } from '@/lib/providers/message-id';
import { type Callback, MalformedCallback, type ProviderEvent } from '@/lib/providers/provider';
import { readPrice, receiptStatus } from '@/lib/providers/twilio/api';
import { twilioReason } from '@/lib/providers/twilio/reasons';
import { CALLBACK_BYTES_MAX } from '@/lib/providers/twilio/signature';

/** A carrier's done date further than this from our clock is in another time zone or wrong. */
const DONE_DATE_TRUST_MS = 120_000;
const MINUTE_MS = 60_000;

/**
 * The one thing a status callback says. The set of properties varies by channel and grows without notice, so only the
 * ones used here are looked at. Twilio repeats callbacks and does not keep their order.
 */
export function readTwilioEvents(callback: Callback): ProviderEvent[] {
  if (callback.raw.byteLength > CALLBACK_BYTES_MAX) throw new MalformedCallback('The body is too long for a callback');
  const query = URL.canParse(callback.url) ? new URL(callback.url).searchParams : new URLSearchParams();
  if (query.has('bodySHA256')) return [{ kind: 'ignored', what: 'json event' }];

  const form = new URLSearchParams(new TextDecoder().decode(callback.raw));
  const sid = form.get('MessageSid') ?? form.get('SmsSid') ?? '';
  const word = form.get('MessageStatus') ?? form.get('SmsStatus');
  if (!/^[A-Z]{2}[0-9a-fA-F]{32}$/.test(sid) || !word) throw new MalformedCallback('The body is not a status callback');
  const status = receiptStatus(word);
  if (!status) return [{ kind: 'ignored', what: /^[a-z_]{1,32}$/.test(word) ? `status ${word}` : 'status unreadable' }];

  const failure = status === 'failed' ? readFailure(form) : { reason: null, providerCode: null, detail: null };
  return [
    {
      kind: 'receipt',
      messageId: ourMessageId(query.get('message')),
      providerMessageId: sid,
      status,
      at: eventTime(form.get('RawDlrDoneDate'), callback.receivedAt),
      ...failure,
      ...readPrice(form.get('Price'), form.get('PriceUnit')),
    },
  ];
}

function readFailure(form: URLSearchParams) {
  const code = /^\d{1,9}$/.exec(form.get('ErrorCode') ?? '')?.[0] ?? null;
  const words = form.get('ChannelStatusMessage') ?? form.get('ErrorMessage');
  return {
    reason: (code ? twilioReason(Number(code)) : null) ?? ('unrecognised' as const),
    providerCode: code,
    detail: words ? safeDetail(words, []) : null,
  };
}

/**
 * Callbacks carry no clock of Twilio's. `RawDlrDoneDate` (YYMMDDhhmm) is the carrier's, cut to the minute and in a time
 * zone nobody promises: where it can be ours, the event happened no later than the end of that minute and no later than
 * now; else now is the best we know. Taking the minute's start would date receipts before their own send.
 */
function eventTime(doneDate: string | null, receivedAt: Date): Date {
  const [, year, month, day, hour, minute] = /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(doneDate ?? '')?.map(Number) ?? [];
  if (year === undefined || month === undefined || day === undefined || hour === undefined || minute === undefined) {
    return receivedAt;
  }
  const minuteStart = Date.UTC(2000 + year, month - 1, day, hour, minute);
  if (Math.abs(receivedAt.getTime() - minuteStart) > DONE_DATE_TRUST_MS) return receivedAt;
  return new Date(Math.min(receivedAt.getTime(), minuteStart + MINUTE_MS - 1));
}
