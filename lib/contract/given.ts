import type { z } from 'zod';
import { contractFault } from '@/lib/contract/contract-fault';
import { Refusal } from '@/lib/domain/errors';

/** What a caller gave, as the schema makes it. Refuses `invalid_request` with the first field that does not fit: the mistake is the caller's, not ours. */
export function given<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const param = issue?.code === 'unrecognized_keys' ? issue.keys[0] : issue?.path.map(String).join('.');
  throw new Refusal('invalid_request', {
    ...(param ? { param: param.slice(0, 100) } : {}),
    detail: issue?.code === 'unrecognized_keys' ? 'Unknown field.' : contractFault(issue, value),
  });
}
