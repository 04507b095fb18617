import { seal } from '@/lib/crypto/seal';
import { insertAudit } from '@/lib/db/audit';
import { transact } from '@/lib/db/client';
import { insertConnection } from '@/lib/db/connections';
import type { Actor } from '@/lib/domain/actor';
import { Refusal } from '@/lib/domain/errors';
import { permit } from '@/lib/domain/permissions';
import { newUuid, publicId } from '@/lib/ids';
import { credentialsPlace } from '@/lib/operations/configuration/snapshot';
import { acceptedSettings, plainPart } from '@/lib/operations/connections/plain';
import { providerNamed } from '@/lib/providers/registry';

export type NewConnection = {
  /** One of PROVIDERS; whatever else was entered is refused, and so is a price rule that is none of PRICE_RULES. */
  provider: string;
  name: string;
  /** Null: the provider's own address. */
  baseUrl: string | null;
  settings: Record<string, string>;
  credentials: Record<string, string>;
  priceRule: string;
};

/** connections.add: a provider account to send through. Credentials are sealed here and never come back out. */
export async function addConnection(actor: Actor, input: NewConnection): Promise<{ id: string; webhookPath: string }> {
  permit(actor, 'connections:manage');
  const provider = providerNamed(input.provider);
  if (!provider) throw new Refusal('invalid_request', { param: 'provider', detail: 'No such provider.' });
  const { name, baseUrl, priceRule } = plainPart(provider.name, input);
  const { settings, credentials } = acceptedSettings(provider.name, input.settings, input.credentials);
  const id = newUuid();
  await transact(async (tx) => {
    await insertConnection(tx, {
      id,
      provider: provider.name,
      name,
      baseUrl,
      settings,
      credentialsSealed: seal(JSON.stringify(credentials), credentialsPlace(id)),
      priceRule,
    });
    await insertAudit(tx, {
      actor,
      action: 'connection.add',
      targetId: publicId('connection', id),
      detail: { provider: provider.name, name },
    });
  });
  return {
    id: publicId('connection', id),
    webhookPath: `/api/webhooks/${provider.name}/${publicId('connection', id)}`,
  };
}
