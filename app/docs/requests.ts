import type { ApiOperation } from '@/lib/contract/api';
import type { ApiExample } from '@/lib/contract/examples';

export const LANGUAGES = ['curl', 'TypeScript', 'Python'] as const;
export type Language = (typeof LANGUAGES)[number];

type Call = Pick<ApiOperation, 'method' | 'path' | 'permission' | 'idempotency'>;

/** Where a call goes: the address with its id and its query. */
export function addressOf(baseUrl: string, operation: Call, { id, query }: ApiExample): string {
  const path = operation.path.replace('{id}', id ?? '');
  // Commas and colons may stand in a query as they are, and are easier to read.
  const asked = new URLSearchParams(query).toString().replaceAll('%2C', ',').replaceAll('%3A', ':');
  return `${baseUrl}${path}${asked ? `?${asked}` : ''}`;
}

/** A call as text that runs as it stands, with the key in WATCHWORD_KEY. */
export function requestIn(language: Language, baseUrl: string, operation: Call, example: ApiExample): string {
  const address = addressOf(baseUrl, operation, example);
  if (language === 'curl') return curl(address, operation, example);
  return language === 'TypeScript' ? typescript(address, operation, example) : python(address, operation, example);
}

const hasBody = (example: ApiExample) => example.body !== undefined;
const indented = (text: string, by: string) => text.replaceAll('\n', `\n${by}`);

function curl(address: string, operation: Call, example: ApiExample): string {
  const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
  return [
    `curl ${operation.method === 'GET' ? '' : `-X ${operation.method} `}${quoted(address)}`,
    ...(operation.permission ? ['-H "Authorization: Bearer $WATCHWORD_KEY"'] : []),
    ...(operation.idempotency ? ['-H "Idempotency-Key: $(uuidgen)"'] : []),
    ...(hasBody(example)
      ? ["-H 'Content-Type: application/json'", `-d ${quoted(JSON.stringify(example.body, null, 2))}`]
      : []),
  ].join(' \\\n  ');
}

/** Of the reader's environment, not of ours. */
const THEIR_KEY = ['process', 'env', 'WATCHWORD_KEY'].join('.');

function typescript(address: string, operation: Call, example: ApiExample): string {
  const headers = [
    ...(operation.permission ? [`authorization: \`Bearer \${${THEIR_KEY}}\`,`] : []),
    ...(operation.idempotency ? ["'idempotency-key': crypto.randomUUID(),"] : []),
    ...(hasBody(example) ? ["'content-type': 'application/json',"] : []),
  ];
  const lines = [
    ...(operation.method === 'GET' ? [] : [`method: '${operation.method}',`]),
    ...(headers.length > 0 ? [`headers: {\n    ${headers.join('\n    ')}\n  },`] : []),
    ...(hasBody(example) ? [`body: JSON.stringify(${indented(JSON.stringify(example.body, null, 2), '  ')}),`] : []),
    'signal: AbortSignal.timeout(10_000),',
  ];
  return `const response = await fetch('${address}', {\n  ${lines.join('\n  ')}\n});\nconst answer = await response.json();`;
}

function python(address: string, operation: Call, example: ApiExample): string {
  const headers = [
    ...(operation.permission ? ['"Authorization": f"Bearer {os.environ[\'WATCHWORD_KEY\']}",'] : []),
    ...(operation.idempotency ? ['"Idempotency-Key": str(uuid.uuid4()),'] : []),
  ];
  const lines = [
    `"${address}",`,
    ...(headers.length > 0 ? [`headers={\n        ${headers.join('\n        ')}\n    },`] : []),
    ...(hasBody(example) ? [`json=${indented(pythonLiteral(example.body), '    ')},`] : []),
    'timeout=10,',
  ];
  const imports = ['import os', ...(operation.idempotency ? ['import uuid'] : []), 'import requests'];
  return `${imports.join('\n')}\n\nresponse = requests.${operation.method.toLowerCase()}(\n    ${lines.join('\n    ')}\n)\nanswer = response.json()`;
}

/** JSON is Python but for three words, which no text in an example holds between colon and comma. */
const pythonLiteral = (value: unknown): string =>
  JSON.stringify(value, null, 4)
    .replace(/: true(,?)$/gm, ': True$1')
    .replace(/: false(,?)$/gm, ': False$1')
    .replace(/: null(,?)$/gm, ': None$1');
