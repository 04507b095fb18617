import type { z } from 'zod';
import { contractFault } from '@/lib/contract/contract-fault';
import { Refusal } from '@/lib/domain/errors';

/** What a caller gave, as the schema makes it. Refuses `invalid_request` with the first field that does not fit: the mistake is the caller's, not ours. */
export function given<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const param = issue && paramOf(issue, value);
  throw new Refusal('invalid_request', {
    ...(param ? { param: param.slice(0, 100) } : {}),
    detail: issue?.code === 'unrecognized_keys' ? 'Unknown field.' : contractFault(issue, value),
  });
}

/** The field of an issue as the caller wrote it, `client.foo`: an entry of a list that was given as one text (`status=sent,failed`) has no name of its own. */
function paramOf(issue: z.core.$ZodIssue, value: unknown): string {
  const path: PropertyKey[] = [];
  let of = value;
  for (const key of [...issue.path, ...(issue.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [])]) {
    if (typeof of === 'string') break;
    path.push(key);
    of = typeof of === 'object' && of !== null ? (of as Record<PropertyKey, unknown>)[key] : undefined;
  }
  return path.map(String).join('.');
}
