import { seal } from '@/lib/crypto/seal';
import { insertAudit } from '@/lib/db/audit';
import { transact } from '@/lib/db/client';
import { insertConnection } from '@/lib/db/connections';
import type { Actor } from '@/lib/domain/actor';
import type { PriceRule, ProviderName } from '@/lib/domain/channel';
import { Refusal } from '@/lib/domain/errors';
import { permit } from '@/lib/domain/permissions';
import { newUuid, publicId } from '@/lib/ids';
import { credentialsPlace } from '@/lib/operations/configuration/snapshot';
import { plainPart } from '@/lib/operations/connections/plain';
import { parseConnectionSettings, providerNamed } from '@/lib/providers/registry';

export type NewConnection = {
  provider: ProviderName;
  name: string;
  /** Null: the provider's own address. */
  baseUrl: string | null;
  settings: Record<string, string>;
  credentials: Record<string, string>;
  priceRule: PriceRule;
};

/** connections.add: a provider account to send through. Credentials are sealed here and never come back out. */
export async function addConnection(actor: Actor, input: NewConnection): Promise<{ id: string; webhookPath: string }> {
  permit(actor, 'connections:manage');
  const provider = providerNamed(input.provider);
  if (!provider) throw new Refusal('invalid_request', { param: 'provider', detail: 'No such provider.' });
  const { name, baseUrl } = plainPart(input.provider, input);
  const parsed = parseConnectionSettings(input.provider, input.settings, input.credentials);
  if (parsed.kind === 'invalid') {
    const [problem] = parsed.problems;
    throw new Refusal('invalid_request', {
      param: problem?.field ?? 'settings',
      detail: problem?.message ?? 'Invalid settings.',
    });
  }
  const id = newUuid();
  await transact(async (tx) => {
    await insertConnection(tx, {
      id,
      provider: input.provider,
      name,
      baseUrl,
      settings: parsed.settings,
      credentialsSealed: seal(JSON.stringify(parsed.credentials), credentialsPlace(id)),
      priceRule: input.priceRule,
    });
    await insertAudit(tx, {
      actor,
      action: 'connection.add',
      targetId: publicId('connection', id),
      detail: { provider: input.provider, name },
    });
  });
  return {
    id: publicId('connection', id),
    webhookPath: `/api/webhooks/${input.provider}/${publicId('connection', id)}`,
  };
}
