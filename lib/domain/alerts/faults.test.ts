import { expect, test } from 'vitest';
import { type Carried, FAULT_QUIET_SECONDS, type Fault, goingOn } from '@/lib/domain/alerts/faults';

const fault = (more: Partial<Fault> = {}): Fault => ({
  connectionId: 'meta',
  appId: 'app',
  country: 'BR',
  channel: 'whatsapp',
  reason: 'credentials_rejected',
  template: 'otp_v1',
  locale: 'pt_BR',
  n: 1,
  lastAt: new Date(1_000),
  quietSeconds: FAULT_QUIET_SECONDS,
  samples: [],
  ...more,
});
const one = (more: Partial<Carried> = {}): Carried => ({
  connectionId: 'meta',
  template: 'otp_v1',
  locale: 'pt_BR',
  country: 'BR',
  at: new Date(2_000),
  ...more,
});

test.each<[string, Partial<Fault>, Carried[], boolean]>([
  ['nothing carried since', {}, [], true],
  ['carried since', {}, [one()], false],
  ['carried since, of another template and country', {}, [one({ template: 'x', country: 'ID' })], false],
  ['carried before it', {}, [one({ at: new Date(500) })], true],
  ['carried over another connection', {}, [one({ connectionId: 'ycloud' })], true],
  ['carried since, and not quiet for long enough', { quietSeconds: FAULT_QUIET_SECONDS - 1 }, [one()], true],
  ['a template, and it was carried', { reason: 'template_unavailable' }, [one()], false],
  ['a template, and another was carried', { reason: 'template_unavailable' }, [one({ template: 'x' })], true],
  ['a template, and another language was', { reason: 'template_unavailable' }, [one({ locale: 'id' })], true],
  ['a country, and it was carried', { reason: 'country_not_allowed' }, [one({ locale: 'id' })], false],
  ['a country, and another was', { reason: 'country_not_allowed' }, [one({ country: 'ID' })], true],
])('%s', (_, more, carried, goesOn) => {
  expect(goingOn([fault(more)], carried)).toHaveLength(goesOn ? 1 : 0);
});
