import { requestIn } from '@/app/docs/requests';
import { API, type ApiOperation, type ApiOperationName } from '@/lib/contract/api';
import { type ApiExample, EXAMPLES } from '@/lib/contract/examples';
import { expect, test } from '../fixtures/test';

/** Runs the TypeScript of an example as it stands. */
const run = async (text: string): Promise<{ status: number; answer: unknown }> =>
  new Function(`return (async () => { ${text}; return { status: response.status, answer }; })()`)();

/** What an answer looks like without its values: keys all the way down, of lists the first entry. What may be null says nothing. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? null : [shapeOf(value[0])];
  if (typeof value !== 'object' || value === null) return null;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, FREE.has(key) ? null : shapeOf(part)]));
}
/** Their keys are the caller's or the country's. */
const FREE = new Set(['metadata', 'detail', 'inherited_from', 'paths', 'components', 'info', 'transaction']);

test('every example of the reference runs as it stands and is answered as it says', async ({
  installation,
  baseURL,
  phone,
  issue,
  request,
}) => {
  process.env.WATCHWORD_KEY = installation.apps[0]?.live_key ?? '';
  const headers = { authorization: `Bearer ${process.env.WATCHWORD_KEY}` };
  const issued = async (more: Record<string, unknown> = {}, lastFour?: string) =>
    (await issue({ to: phone(lastFour), ...more }, 'live')).id;
  const toCheck = await issued();
  const toCancel = await issued();
  const toResend = await issued({ channel: 'whatsapp' }, '0001');
  // The choice fails, and may be changed at once.
  await expect
    .poll(async () => {
      const life = await (await request.get(`/api/v1/verifications/${toResend}`, { headers })).json();
      return new Date(life.resend_after).getTime() <= Date.now();
    })
    .toBe(true);
  const ids: Partial<Record<ApiOperationName, string>> = {
    'verifications.check': toCheck,
    'verifications.get': toCheck,
    'verifications.cancel': toCancel,
    'verifications.resend': toResend,
  };

  for (const name of Object.keys(API) as ApiOperationName[]) {
    const operation: ApiOperation = API[name];
    const { body, ...example }: ApiExample = EXAMPLES[name];
    const own: ApiExample = {
      ...example,
      ...(ids[name] ? { id: ids[name] } : {}),
      ...(body === undefined ? {} : { body: name === 'verifications.issue' ? { ...body, to: phone() } : body }),
      // Pages of what this installation has.
      ...(name === 'verifications.list' ? { query: { ...example.query, country: 'ID' } } : {}),
    };
    const { status, answer } = await run(requestIn('TypeScript', baseURL ?? '', operation, own));
    expect(status, `${name}: ${JSON.stringify(answer)}`).toBe(operation.status);
    const shape = shapeOf(answer) as Record<string, unknown>;
    for (const [key, expected] of Object.entries(shapeOf(example.answer) as Record<string, unknown>)) {
      expect(shape, `${name} answers ${key}`).toHaveProperty(key);
      // An empty list or a null here is one there with something in it.
      if (expected !== null && shape[key] !== null) expect(shape[key], `${name}: ${key}`).toEqual(expected);
    }
    expect(Object.keys(shape).toSorted(), name).toEqual(Object.keys(example.answer as object).toSorted());
  }
});
