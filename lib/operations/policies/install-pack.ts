import { createHash } from 'node:crypto';
import type { ConfigurationEdit } from '@/lib/contract/configuration';
import type { Actor } from '@/lib/domain/actor';
import { withDraft } from '@/lib/domain/configuration/entities';
import { Refusal } from '@/lib/domain/errors';
import { permit } from '@/lib/domain/permissions';
import { packAdditions, packNamed } from '@/lib/domain/policy/packs';
import { uuidOfHex } from '@/lib/ids';
import { editDraft } from '@/lib/operations/configuration/edit-draft';
import { readDraft } from '@/lib/operations/configuration/read-draft';

/**
 * policies.install_pack: puts the use cases of an industry into the draft, with their texts. Only what is missing: nothing
 * that exists is changed, and once installed there is nothing to add. Answers how many use cases came.
 */
export async function installPack(actor: Actor, input: { pack: string }): Promise<number> {
  permit(actor, 'config:write');
  const pack = packNamed(input.pack);
  if (!pack) throw new Refusal('not_found', { detail: 'No such pack.' });
  const { live, draft } = await readDraft(actor);
  const additions = packAdditions(pack, withDraft(live, draft), textId);
  if (additions.length === 0) return 0;
  const edits = additions.map(({ entity, value }): ConfigurationEdit => ({ entity, field: null, value }));
  const result = await editDraft(actor, edits);
  if (result.kind === 'refused') throw new Refusal('invalid_request', { detail: result.problems[0]?.message ?? '' });
  return additions.filter(({ entity }) => entity.startsWith('policies/')).length;
}

/** A uuid (version 8) that follows from the text's place: two people who install the same pack write the same texts. */
function textId(channel: string, useCase: string, locale: string): string {
  const bytes = createHash('sha256').update(`${channel}/${useCase}/${locale}`).digest().subarray(0, 16);
  bytes.writeUInt8(((bytes[6] ?? 0) & 0x0f) | 0x80, 6);
  bytes.writeUInt8(((bytes[8] ?? 0) & 0x3f) | 0x80, 8);
  return uuidOfHex(bytes.toString('hex'));
}
