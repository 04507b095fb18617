import { LANGUAGES_MAX, type NewTemplates, newTemplates } from '@/lib/contract/templates';
import { insertAudit } from '@/lib/db/audit';
import { database, transact } from '@/lib/db/client';
import { beginSubmission, findWhatsAppTemplates, holdTemplateLock, settleSubmission } from '@/lib/db/templates';
import type { Actor } from '@/lib/domain/actor';
import { Refusal } from '@/lib/domain/errors';
import { permit } from '@/lib/domain/permissions';
import { normaliseLocale } from '@/lib/domain/template/locale';
import { newUuid, uuidFrom } from '@/lib/ids';
import { reloadConfiguration } from '@/lib/operations/configuration/snapshot';
import { askAdapter } from '@/lib/operations/provider-fault';
import { takeOver } from '@/lib/operations/templates/sync';
import type { TemplateDraft } from '@/lib/providers/provider';
import { providerNamed } from '@/lib/providers/registry';
import { log } from '@/lib/telemetry/log';

/** One language may take this long; all of them together are bounded by their number. */
const DEADLINE_MS = 10_000;
/** Calls at once: quick enough for 71 languages, far below the provider's 200 an hour in a burst. */
const AT_ONCE = 4;

export type SubmissionOutcome = {
  language: string;
  /** `left_alone`: it waits or is approved already. `unknown`: no answer; the next sync tells. */
  outcome: 'submitted' | 'approved' | 'refused' | 'unknown' | 'left_alone';
  detail: string | null;
};

/**
 * templates.submit: hands a WhatsApp authentication template to the provider for review, one call per language; each has an
 * outcome of its own. Written down before it leaves, so that a process that dies loses nothing: what is pending without a word
 * is settled by the next sync. Submitting again sends only what was refused or never answered.
 * Refuses `not_found` and `invalid_request` (with the first field that is wrong).
 */
export async function submitTemplates(actor: Actor, input: NewTemplates): Promise<SubmissionOutcome[]> {
  permit(actor, 'templates:manage');
  const parsed = newTemplates.safeParse(input);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new Refusal('invalid_request', {
      param: issue?.path.join('.') ?? 'name',
      detail: issue?.message ?? 'Invalid.',
    });
  }
  const { name, useCase, options } = parsed.data;
  const id = uuidFrom('connection', parsed.data.connectionId);
  const connection = id ? (await reloadConfiguration()).connections.get(id) : undefined;
  const desk = connection && providerNamed(connection.provider)?.templates;
  if (!id || !connection || !desk) {
    throw new Refusal('not_found', { detail: 'No such connection, or it holds no templates.' });
  }
  const languages = parsed.data.languages.map(normaliseLocale).slice(0, LANGUAGES_MAX);

  const begun = await transact(async (tx) => {
    await holdTemplateLock(tx, id);
    const others = (await findWhatsAppTemplates(tx)).filter(
      (row) => row.connectionId === id && row.useCase === useCase && row.isInUse,
    );
    const rows = await beginSubmission(tx, {
      connectionId: id,
      name,
      useCase,
      // The first template of a use case is used as soon as it is approved; a later one waits until somebody says so.
      isInUse: others.length === 0 || others.some((row) => row.name === name),
      wanted: languages.map((locale) => ({ id: newUuid(), locale })),
      options,
      codeExpirationMinutes: options.codeExpirationMinutes,
      ttlSeconds: options.ttlSeconds,
      button: options.button.kind,
    });
    await insertAudit(tx, {
      actor,
      action: 'template.submit',
      targetId: parsed.data.connectionId,
      detail: { name, use_case: useCase, languages: rows.map(({ locale }) => locale), options },
    });
    return rows;
  });

  const outcomes = new Map<string, SubmissionOutcome>(
    languages.map((language) => [language, { language, outcome: 'left_alone', detail: null }]),
  );
  const waiting = [...begun];
  const work = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const { id: rowId, locale } = next;
      const draft = { name, language: locale, ...options } as TemplateDraft;
      const unknown = { kind: 'unknown', detail: 'The provider adapter failed.' } as const;
      const result = await askAdapter(connection.provider, 'provider.submit_threw', unknown, () =>
        desk.create(connection, draft, AbortSignal.timeout(DEADLINE_MS)),
      );
      if (result.kind === 'created') {
        await settleSubmission(database(), rowId, result.status, null);
        outcomes.set(locale, {
          language: locale,
          outcome: result.status === 'approved' ? 'approved' : 'submitted',
          detail: null,
        });
      } else if (result.kind === 'refused') {
        await settleSubmission(database(), rowId, 'rejected', result.detail);
        outcomes.set(locale, { language: locale, outcome: 'refused', detail: result.detail });
      } else {
        await settleSubmission(database(), rowId, 'pending', result.detail);
        outcomes.set(locale, { language: locale, outcome: 'unknown', detail: result.detail });
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  // Who was refused or not answered may be there all the same (a duplicate, a lost answer): the list knows.
  if ([...outcomes.values()].some(({ outcome }) => outcome === 'refused' || outcome === 'unknown')) {
    await takeOver(id).catch((error: unknown) => log().warn({ error: String(error) }, 'templates.not_synced'));
  }
  await reloadConfiguration();
  return [...outcomes.values()];
}
