import { database } from '@/lib/db/client';
import { findWhatsAppTemplates, type TemplateRow } from '@/lib/db/templates';
import type { Actor } from '@/lib/domain/actor';
import { permit } from '@/lib/domain/permissions';
import { publicId } from '@/lib/ids';
import { currentConfiguration } from '@/lib/operations/configuration/snapshot';
import { providerNamed } from '@/lib/providers/registry';

/** One name on one connection for one use case, with its languages. */
export type TemplateGroup = {
  connectionId: string;
  connectionName: string;
  name: string;
  useCase: string | null;
  isInUse: boolean;
  languages: TemplateRow[];
};

/** templates.list: WhatsApp templates by connection, name and use case. */
export async function listTemplates(actor: Actor): Promise<TemplateGroup[]> {
  permit(actor, 'config:read');
  const [rows, configuration] = await Promise.all([findWhatsAppTemplates(database()), currentConfiguration()]);
  const groups = new Map<string, TemplateGroup>();
  for (const row of rows) {
    const key = `${row.connectionId} ${row.name} ${row.useCase ?? ''}`;
    const group = groups.get(key) ?? {
      connectionId: publicId('connection', row.connectionId),
      connectionName: configuration.connections.get(row.connectionId)?.name ?? 'a connection that is gone',
      name: row.name,
      useCase: row.useCase,
      isInUse: row.isInUse,
      languages: [],
    };
    group.languages.push(row);
    groups.set(key, group);
  }
  return [...groups.values()];
}

/** templates.desks: the connections whose accounts hold WhatsApp templates. */
export async function listTemplateDesks(actor: Actor): Promise<{ id: string; name: string }[]> {
  permit(actor, 'config:read');
  const configuration = await currentConfiguration();
  return [...configuration.connections.values()].flatMap(({ id, name, provider }) =>
    providerNamed(provider)?.templates ? [{ id: publicId('connection', id), name }] : [],
  );
}
