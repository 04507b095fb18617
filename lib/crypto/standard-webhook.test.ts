import { expect, test } from 'vitest';
import { newWebhookSecret, webhookHeaders } from '@/lib/crypto/standard-webhook';

// The example of the Standard Webhooks specification.
test('an event is signed as the specification shows it', () => {
  const headers = webhookHeaders('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', {
    id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    at: new Date(1_614_265_330_000),
    body: '{"test": 2432232314}',
  });
  expect(headers).toEqual({
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  });
});

test('a new secret has 32 bytes of its own', () => {
  const secrets = Array.from({ length: 20 }, newWebhookSecret);
  expect(new Set(secrets).size).toBe(20);
  expect(secrets.every((secret) => Buffer.from(secret.slice(6), 'base64').length === 32)).toBe(true);
});
