import type { TwilioAccount } from '@/lib/simulator/accounts';
import type { World } from '@/lib/simulator/world';

/** The account whose Basic credentials are right: its sid and auth token, or one of its API keys. */
export function twilioAccountOf(world: World, authorization: string | undefined): TwilioAccount | null {
  const encoded = /^Basic (.+)$/.exec(authorization ?? '')?.[1];
  if (!encoded) return null;
  const pair = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = pair.indexOf(':');
  if (colon < 0) return null;
  const user = pair.slice(0, colon);
  const password = pair.slice(colon + 1);
  return (
    world.accounts
      .twilio()
      .find(
        (account) =>
          (account.account_sid === user && account.auth_token === password) || account.api_keys[user] === password,
      ) ?? null
  );
}
