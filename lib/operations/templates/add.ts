import { insertAudit } from '@/lib/db/audit';
import { transact } from '@/lib/db/client';
import { insertTemplate } from '@/lib/db/templates';
import type { Actor } from '@/lib/domain/actor';
import { Refusal } from '@/lib/domain/errors';
import { permit } from '@/lib/domain/permissions';
import { normaliseLocale } from '@/lib/domain/template/locale';
import { newUuid, publicId, uuidFrom } from '@/lib/ids';

/** templates.add: a WhatsApp template that the provider has approved, in one language. */
export async function addWhatsAppTemplate(
  actor: Actor,
  input: { connectionId: string; providerName: string; locale: string; useCase: string | null },
): Promise<{ id: string }> {
  permit(actor, 'templates:manage');
  const connectionId = uuidFrom('connection', input.connectionId);
  if (!connectionId) throw new Refusal('not_found', { detail: 'No such connection.' });
  const id = newUuid();
  await transact(async (tx) => {
    await insertTemplate(tx, {
      id,
      channel: 'whatsapp',
      useCase: input.useCase,
      locale: normaliseLocale(input.locale),
      providerName: input.providerName,
      connectionId,
      text: null,
      status: 'approved',
    });
    await insertAudit(tx, {
      actor,
      action: 'template.add',
      targetId: publicId('template', id),
      detail: { name: input.providerName, locale: input.locale },
    });
  });
  return { id: publicId('template', id) };
}
