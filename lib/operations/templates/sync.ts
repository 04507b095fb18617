import { insertAudit } from '@/lib/db/audit';
import { type Db, database, transact } from '@/lib/db/client';
import { alertConnection } from '@/lib/db/connections';
import { databaseNow } from '@/lib/db/now';
import { findWhatsAppTemplates, holdTemplateLock, takeListed } from '@/lib/db/templates';
import type { Actor } from '@/lib/domain/actor';
import { Refusal } from '@/lib/domain/errors';
import { permit } from '@/lib/domain/permissions';
import { normaliseLocale } from '@/lib/domain/template/locale';
import { newUuid, uuidFrom } from '@/lib/ids';
import { lastConfiguration, reloadConfiguration } from '@/lib/operations/configuration/snapshot';
import { askAdapter } from '@/lib/operations/provider-fault';
import { providerNamed } from '@/lib/providers/registry';
import { log } from '@/lib/telemetry/log';

/** All pages of one account. */
const DEADLINE_MS = 20_000;

export type SyncOutcome = { kind: 'synced'; known: number; found: number } | { kind: 'failed'; detail: string };

/** templates.sync: asks the provider how every template of a connection stands. Refuses `not_found`. */
export async function syncTemplates(actor: Actor, input: { connectionId: string }): Promise<SyncOutcome> {
  permit(actor, 'templates:manage');
  const id = uuidFrom('connection', input.connectionId);
  const connection = id ? (await reloadConfiguration()).connections.get(id) : undefined;
  if (!id || !connection || !providerNamed(connection.provider)?.templates) {
    throw new Refusal('not_found', { detail: 'No such connection, or it holds no templates.' });
  }
  const outcome = await takeOver(id, (tx, outcome) =>
    insertAudit(tx, { actor, action: 'template.sync', targetId: input.connectionId, detail: { ...outcome } }),
  );
  await reloadConfiguration();
  return outcome;
}

/** Every connection that holds templates, one after the other; what cannot be asked now is asked the next time. */
export async function syncAllTemplates(): Promise<void> {
  for (const { id, provider, enabled } of (await lastConfiguration()).connections.values()) {
    if (!enabled || !providerNamed(provider)?.templates) continue;
    const outcome = await takeOver(id);
    if (outcome.kind === 'failed') log().warn({ connectionId: id, detail: outcome.detail }, 'templates.not_synced');
  }
}

/** Lists and takes over; a template in use that was approved and is not any more raises an alert. `note`: in the transaction that takes over. */
export async function takeOver(
  connectionId: string,
  note: (tx: Db, outcome: SyncOutcome) => Promise<void> = async () => {},
): Promise<SyncOutcome> {
  const failed = async (detail: string): Promise<SyncOutcome> => {
    const outcome = { kind: 'failed', detail } as const;
    await transact((tx) => note(tx, outcome));
    return outcome;
  };
  const connection = (await lastConfiguration()).connections.get(connectionId);
  const desk = connection && providerNamed(connection.provider)?.templates;
  if (!connection || !desk) return failed('The connection holds no templates.');
  const askedAt = await databaseNow(database());
  const unknown = { kind: 'unknown', detail: 'The provider adapter failed.' } as const;
  const list = await askAdapter(connection.provider, 'provider.list_threw', unknown, () =>
    desk.list(connection, AbortSignal.timeout(DEADLINE_MS)),
  );
  if (list.kind !== 'listed') return failed(list.detail);
  const { before, outcome } = await transact(async (tx) => {
    await holdTemplateLock(tx, connectionId);
    const before = await findWhatsAppTemplates(tx);
    const taken = await takeListed(
      tx,
      connectionId,
      list.templates.map(({ language, ...template }) => ({
        ...template,
        id: newUuid(),
        locale: normaliseLocale(language),
      })),
      askedAt,
    );
    const outcome = { kind: 'synced', ...taken } as const;
    await note(tx, outcome);
    return { before, outcome };
  });
  const lost = list.templates.filter(
    ({ name, language, status }) =>
      status !== 'approved' &&
      status !== 'pending' &&
      before.some(
        (row) =>
          row.connectionId === connectionId &&
          row.isInUse &&
          row.status === 'approved' &&
          row.name === name &&
          row.locale === normaliseLocale(language),
      ),
  );
  if (lost.length > 0) await alertConnection(database(), connectionId, 'template_unavailable');
  return outcome;
}
