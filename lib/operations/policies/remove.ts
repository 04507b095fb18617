import type { Actor } from '@/lib/domain/actor';
import { entityKey, type Json, withDraft } from '@/lib/domain/configuration/entities';
import { Refusal } from '@/lib/domain/errors';
import { permit } from '@/lib/domain/permissions';
import { isBuiltIn } from '@/lib/domain/policy/use-case-name';
import { editDraft } from '@/lib/operations/configuration/edit-draft';
import { readDraft } from '@/lib/operations/configuration/read-draft';

/**
 * policies.remove: takes a use case and its own texts out of what the draft makes live. Refuses for those that every
 * installation has: callers name them without having looked.
 */
export async function removePolicy(actor: Actor, input: { useCase: string }): Promise<void> {
  permit(actor, 'config:write');
  if (isBuiltIn(input.useCase)) {
    throw new Refusal('invalid_request', { detail: 'Every installation has this use case. It can only be changed.' });
  }
  const { live, draft } = await readDraft(actor);
  const entities = withDraft(live, draft);
  const key = entityKey('policies', input.useCase);
  if (!(key in entities)) throw new Refusal('not_found', { detail: 'No such use case.' });
  const texts = Object.entries(entities).flatMap(([text, { useCase }]) =>
    text.startsWith('texts/') && useCase === input.useCase ? [text] : [],
  );
  const value: Json = null;
  const result = await editDraft(
    actor,
    [key, ...texts].map((entity) => ({ entity, field: null, value })),
  );
  if (result.kind === 'refused') throw new Refusal('invalid_request', { detail: result.problems[0]?.message ?? '' });
}
