import { expect, test } from 'vitest';
import { areKept } from '../analytics/kept';
import { questionOf } from '../analytics/range';
import { loadAnalyticsView } from '../analytics/search-params';
import { loadView } from '../verifications/search-params';
import { termsOf } from '../verifications/terms';
import { inFailures, inRoom, inVerifications } from './links';

const CONNECTION = '01999999-aaaa-7bbb-8ccc-dddddddddddd';
const COUNTRIES = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZAB'].map((letter, at) => `${letter}${at < 26 ? 'A' : 'B'}`);
const at = Date.parse('2026-11-22T12:00:00Z');
const clock = { timeZone: 'UTC', now: at };
const alert = (kind: string, scope: object) => ({
  kind,
  scope: { appId: null, connectionId: null, channel: null, countries: [], template: null, ...scope },
  openedAt: new Date(at),
  resolvedAt: null,
  evidence: { windowMinutes: 30 },
});
const queryOf = (href: string) => new URLSearchParams(href.split('?')[1]);

test('a template’s alert leads to the verifications written with it, of the day that its samples are of', () => {
  const href = inVerifications(
    alert('template_not_sendable', { connectionId: CONNECTION, template: 'otp_code_v1 (pt_BR, id)' }),
    clock,
  );
  expect(Object.fromEntries(queryOf(href))).toMatchObject({ template: 'otp_code_v1', from: '2026-11-21T12:00' });
  expect(termsOf(loadView(queryOf(href)))).toContainEqual({ key: 'template', value: 'otp_code_v1', isExcluded: false });
});

test('a fault of our own leads to the messages that failed so', () => {
  const scope = { connectionId: CONNECTION, channel: 'whatsapp', reason: 'credentials_rejected' };
  const terms = termsOf(loadView(queryOf(inVerifications(alert('our_fault', scope), clock))));
  expect(terms).toContainEqual({ key: 'reason', value: 'credentials_rejected', isExcluded: false });
  expect(terms).toContainEqual({ key: 'connection', value: CONNECTION, isExcluded: false });
});

test('however many countries a connection fails in, its list holds to the connection and to live traffic', () => {
  const href = inVerifications(
    alert('delivery_drop', { connectionId: CONNECTION, channel: 'whatsapp', countries: COUNTRIES }),
    clock,
  );
  expect(termsOf(loadView(queryOf(href))).map(({ key }) => key)).toEqual(['channel', 'connection', 'mode']);
  const few = inVerifications(alert('delivery_drop', { connectionId: CONNECTION, countries: ['BR', 'ID'] }), clock);
  expect(queryOf(few).get('country')).toBe('BR,ID');
});

test('slow delivery of a connection leads to times that are kept, and not to a page of dashes', () => {
  const scope = { connectionId: CONNECTION, channel: 'whatsapp', countries: ['BR', 'ID'] };
  const asked = (path: string) => {
    const href = inRoom(path, alert('slow_delivery', scope), clock);
    return questionOf(loadAnalyticsView(queryOf(href)), new Date(at), 'UTC');
  };
  expect(areKept(['time_to_deliver_p90_ms'], asked('/analytics/response-times'))).toBe(true);
  expect(asked('/analytics/delivery').filters.country?.values).toEqual(['BR', 'ID']);
});

test('the failures that an alert tells are found in Delivery over its own scope and time', () => {
  const query = queryOf(inFailures(alert('delivery_drop', { connectionId: CONNECTION, countries: ['BR'] }), clock));
  expect(Object.fromEntries(query)).toMatchObject({
    connection: CONNECTION,
    country: 'BR',
    from: '2026-11-22T11:30',
    to: '2026-11-22T12:01',
  });
});
