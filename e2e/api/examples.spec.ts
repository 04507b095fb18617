import { requestIn } from '@/app/docs/requests';
import { API, type ApiOperation, type ApiOperationName } from '@/lib/contract/api';
import { type ApiExample, EXAMPLES } from '@/lib/contract/examples';
import { expect, test } from '../fixtures/test';

/** Runs the TypeScript of an example as it stands. */
const run = async (text: string): Promise<{ status: number; answer: unknown }> =>
  new Function(`return (async () => { ${text}; return { status: response.status, answer }; })()`)();

/** Where an answer is not shaped as the example says: keys all the way down, of lists the first entry. What is null or empty in either says nothing. */
function differences(answer: unknown, example: unknown, path: string): string[] {
  if (Array.isArray(example) && Array.isArray(answer))
    return example.length > 0 && answer.length > 0 ? differences(answer[0], example[0], `${path}[]`) : [];
  if (answer === null || example === null || typeof example !== 'object') return [];
  if (typeof answer !== 'object') return [`${path} is no object`];
  if (FREE.has(path.split('.').at(-1) ?? '')) return [];
  const keys = (value: object) => Object.keys(value).toSorted().join(' ');
  if (keys(answer) !== keys(example)) return [`${path} has ${keys(answer)}, and the example ${keys(example)}`];
  return Object.entries(example).flatMap(([key, part]) =>
    differences((answer as Record<string, unknown>)[key], part, `${path}.${key}`),
  );
}
const part = (value: unknown, keys: readonly string[]) =>
  Object.fromEntries(keys.map((key) => [key, (value as Record<string, unknown>)[key]]));
const STATE = ['status', 'end_reason', 'checks_remaining', 'resends_remaining', 'switch_to'];
/** What a reader may build on: the same here as there. */
const SAID: Partial<Record<ApiOperationName, Record<string, unknown>>> = {
  'verifications.issue': part(EXAMPLES['verifications.issue'].answer, STATE),
  'verifications.check': {
    ...part(EXAMPLES['verifications.check'].answer, ['outcome', 'checks_remaining']),
    verification: part(EXAMPLES['verifications.check'].answer.verification, STATE),
  },
  'verifications.resend': part(EXAMPLES['verifications.resend'].answer, STATE),
  'verifications.cancel': part(EXAMPLES['verifications.cancel'].answer, STATE),
};

/** Their keys are the caller's or the country's. */
const FREE = new Set(['metadata', 'detail', 'inherited_from', 'paths', 'components', 'info', 'transaction']);

test('every example of the reference runs as it stands and is answered as it says', async ({
  installation,
  baseURL,
  phone,
  issue,
  request,
  simulator,
}) => {
  process.env.WATCHWORD_KEY = installation.apps[0]?.live_key ?? '';
  const headers = { authorization: `Bearer ${process.env.WATCHWORD_KEY}` };
  const issued = async (more: Record<string, unknown> = {}, lastFour?: string) =>
    (await issue({ to: phone(lastFour), ...more }, 'live')).id;
  const to = phone();
  const toCheck = (await issue({ to }, 'live')).id;
  const [arrived] = await simulator.waitForMessages(to, 1);
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
  const given: Partial<Record<ApiOperationName, object>> = {
    'verifications.issue': { to: phone() },
    'verifications.check': { code: arrived?.code },
  };

  // In the order of the table: the one that is checked is read after it.
  for (const name of Object.keys(API) as ApiOperationName[]) {
    const operation: ApiOperation = API[name];
    const { body, ...example }: ApiExample = EXAMPLES[name];
    const own: ApiExample = {
      ...example,
      ...(ids[name] ? { id: ids[name] } : {}),
      ...(body === undefined ? {} : { body: { ...body, ...given[name] } }),
      // Pages of what this installation has.
      ...(name === 'verifications.list' ? { query: { ...example.query, country: 'ID' } } : {}),
    };
    const { status, answer } = await run(requestIn('TypeScript', baseURL ?? '', operation, own));
    expect(status, `${name}: ${JSON.stringify(answer)}`).toBe(operation.status);
    expect(differences(answer, example.answer, name)).toEqual([]);
    if (name in SAID) expect(answer, name).toMatchObject(SAID[name] ?? {});
  }
});
