import { cleanText } from '@/lib/contract/common';
import type { Actor } from '@/lib/domain/actor';
import { type Entity, entityKey, withDraft } from '@/lib/domain/configuration/entities';
import { Refusal } from '@/lib/domain/errors';
import { permit } from '@/lib/domain/permissions';
import { DEFAULT_POLICIES } from '@/lib/domain/policy/policy';
import { freeIdentifier, identifierOf } from '@/lib/domain/policy/use-case-name';
import { editDraft } from '@/lib/operations/configuration/edit-draft';
import { readDraft } from '@/lib/operations/configuration/read-draft';

/** Their places in the console are other rooms. */
const RESERVED = new Set(['packs', 'limits']);
const policyName = cleanText(1, 60);

/** policies.add: puts a use case of one's own into the draft, with the rules of a login. Answers its identifier. */
export async function addPolicy(actor: Actor, input: { name: string }): Promise<string> {
  permit(actor, 'config:write');
  const name = policyName.safeParse(input.name.trim());
  if (!name.success) throw new Refusal('invalid_request', { param: 'name', detail: 'A name of 1 to 60 characters.' });
  const wanted = identifierOf(name.data);
  if (!wanted) throw new Refusal('invalid_request', { param: 'name', detail: 'The name needs a letter from A to Z.' });
  const { live, draft } = await readDraft(actor);
  const entities = withDraft(live, draft);
  const names = Object.entries(entities).flatMap(([key, entity]) => (key.startsWith('policies/') ? [entity.name] : []));
  if (names.includes(name.data)) {
    throw new Refusal('invalid_request', { param: 'name', detail: 'Another use case has this name.' });
  }
  // One that the draft deletes is taken as well: it is still live.
  const useCase = freeIdentifier(wanted, (id) => {
    const key = entityKey('policies', id);
    return RESERVED.has(id) || key in entities || key in live;
  });
  const { useCase: _, ...rules } = DEFAULT_POLICIES[0] as (typeof DEFAULT_POLICIES)[number];
  const value = { ...rules, channels: [...rules.channels], name: name.data } satisfies Entity;
  const result = await editDraft(actor, [{ entity: entityKey('policies', useCase), field: null, value }]);
  if (result.kind === 'refused') throw new Refusal('invalid_request', { detail: result.problems[0]?.message ?? '' });
  return useCase;
}
