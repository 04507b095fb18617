import { z } from 'zod';
import { API, type ApiOperation, type ApiOperationName } from '@/lib/contract/api';
import { errorBody } from '@/lib/contract/common';
import { type ApiExample, EXAMPLES } from '@/lib/contract/examples';
import { ERRORS, type ErrorCode } from '@/lib/domain/errors';
import { PERMISSIONS } from '@/lib/domain/permissions';

/** What any route may answer besides its own refusals. */
const COMMON: readonly ErrorCode[] = [
  'invalid_request',
  'unauthenticated',
  'forbidden',
  'address_not_allowed',
  'too_many_requests',
  'internal',
  'unavailable',
];

/** What any route with a body may answer. */
const OF_BODIES: readonly ErrorCode[] = ['malformed_json', 'body_too_large', 'unsupported_media_type'];
/** What any route that takes an Idempotency-Key may answer. */
const OF_KEYS: readonly ErrorCode[] = ['idempotency_conflict', 'idempotency_in_flight'];

/** What becomes of a second request while the first one runs, by who settles the key. */
const IN_FLIGHT = {
  own: 'A second request while the first is running waits for it and hears its answer.',
  kept: 'A second request while the first is running is refused with `idempotency_in_flight`.',
} as const;

/** The scope that a key must have to call it; null where none is needed. */
export const scopeOf = ({ permission }: ApiOperation) => permission && PERMISSIONS[permission].scope;

/** Whether test keys may not call it: all that there is to see is of live traffic. */
export const isLiveOnly = ({ permission }: ApiOperation): boolean =>
  permission !== null && 'isLiveOnly' in PERMISSIONS[permission];

type Json = Record<string, unknown>;

const header = (description: string, example: string | number): Json => ({
  description,
  schema: { type: typeof example === 'number' ? 'integer' : 'string' },
  example,
});

/** Headers of answers, by the name that the responses refer to them by. */
const HEADERS: Record<string, Json> = {
  'X-Request-Id': header(
    'Of this request: the one you sent in X-Request-Id, or a new one. Quote it when you ask for help.',
    'req_01a226fd2a7f73609fad97f4d5ad4555',
  ),
  'Retry-After': header('Seconds after which the same request may work.', 30),
  RateLimit: header(
    'Of a 429: requests that are left (r), and seconds until there are more (t).',
    '"default";r=0;t=30',
  ),
  'RateLimit-Policy': header(
    'Of a 429: how many requests (q) are taken in how many seconds (w).',
    '"default";q=5;w=600',
  ),
  'WWW-Authenticate': header('Of a 401: how a key is sent.', 'Bearer'),
  'Idempotent-Replayed': header('`true`: the answer of an earlier request with the same Idempotency-Key.', 'true'),
};
const refer = (names: readonly string[]): Json =>
  Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));

/** A schema as OpenAPI wants it: named parts live in `components`, and every reference points there. */
function schemaOf(schema: z.ZodType, io: 'input' | 'output', components: Json): Json {
  const json = z.toJSONSchema(schema, {
    io,
    target: 'draft-2020-12',
    unrepresentable: 'any',
    // Left out where the input is read first, as digits are: the default is the same.
    override: ({ zodSchema: { _zod }, jsonSchema }) => {
      if (_zod.def.type === 'default') jsonSchema.default ??= _zod.def.defaultValue;
    },
  });
  const text = JSON.stringify(json).replaceAll('"#/$defs/', '"#/components/schemas/');
  const { $schema: _, $defs = {}, ...own } = JSON.parse(text) as Json & { $defs?: Record<string, Json> };
  for (const [name, part] of Object.entries($defs)) {
    const { id: __, ...rest } = part;
    components[name] = rest;
  }
  const { id: ___, ...rest } = own;
  return rest;
}

/** OpenAPI 3.1, generated from the schemas that parse the requests. */
export function describeApi(version: string): Json {
  const paths: Record<string, Json> = {};
  const schemas: Json = {};
  // It is named: what comes back is a reference to the part that this adds.
  schemaOf(errorBody, 'output', schemas);
  for (const [name, operation] of Object.entries(API) as [string, ApiOperation][]) {
    paths[operation.path] = {
      ...paths[operation.path],
      [operation.method.toLowerCase()]: describeOperation(name, operation, schemas),
    };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Watchword',
      version,
      description:
        'One-time passwords over WhatsApp first, with SMS right behind. Times are ISO 8601 UTC, money is integer micros.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/', description: 'The installation that this description came from' }],
    security: [{ key: [] }],
    paths,
    components: {
      headers: HEADERS,
      securitySchemes: {
        key: {
          type: 'http',
          scheme: 'bearer',
          description: 'ww_live_… or ww_test_…; each operation names the scope that the key must have.',
        },
      },
      schemas,
    },
  };
}

function describeOperation(name: string, operation: ApiOperation, schemas: Json): Json {
  const example: ApiExample = EXAMPLES[name as ApiOperationName];
  const parameters: Json[] = [...operation.path.matchAll(/\{(\w+)\}/g)].map(([, parameter]) => ({
    name: parameter,
    in: 'path',
    required: true,
    schema: { type: 'string' },
    example: example.id,
  }));
  if (operation.query) {
    const query = resolved(schemaOf(operation.query, 'input', schemas), schemas);
    const required = (query.required ?? []) as string[];
    for (const [parameter, schema] of Object.entries((query.properties ?? {}) as Record<string, Json>)) {
      const given = example.query?.[parameter];
      parameters.push({
        name: parameter,
        in: 'query',
        required: required.includes(parameter),
        schema,
        ...(given === undefined ? {} : { example: given }),
      });
    }
  }
  if (operation.idempotency) {
    parameters.push({
      name: 'Idempotency-Key',
      in: 'header',
      required: false,
      description: `The first answer is kept for 24 hours and given again; another body under the same key is refused with \`idempotency_conflict\`. Refusals (4xx, those of a malformed request too) are not kept: they may be tried again with the same key, and with another body. ${IN_FLIGHT[operation.idempotency]}`,
      schema: { type: 'string', minLength: 1, maxLength: 255 },
    });
  }
  const responses: Record<string, Json> = {
    [String(operation.status)]: {
      description: operation.summary,
      headers: refer(['X-Request-Id', ...(operation.idempotency ? ['Idempotent-Replayed'] : [])]),
      content: {
        'application/json': { schema: schemaOf(operation.result, 'output', schemas), example: example.answer },
      },
    },
  };
  const byStatus = new Map<number, ErrorCode[]>();
  const refusals = new Set([
    ...COMMON,
    ...(operation.body ? OF_BODIES : []),
    ...(operation.idempotency ? OF_KEYS : []),
    ...operation.refusals,
  ]);
  for (const code of refusals) {
    const { status } = ERRORS[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  for (const [status, codes] of byStatus) {
    responses[String(status)] = {
      description: codes.map((code) => `\`${code}\`: ${ERRORS[code].title}`).join('; '),
      headers: refer([
        'X-Request-Id',
        ...(codes.some((code) => ERRORS[code].retry === 'later') ? ['Retry-After'] : []),
        ...(status === 401 ? ['WWW-Authenticate'] : []),
        ...(status === 429 ? ['RateLimit', 'RateLimit-Policy'] : []),
      ]),
      content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
    };
  }
  return {
    operationId: name,
    summary: operation.summary,
    description: operation.description,
    security: scopeOf(operation) === null ? [] : [{ key: [scopeOf(operation)] }],
    parameters,
    ...(operation.body
      ? {
          requestBody: {
            required: true,
            content: {
              'application/json': { schema: schemaOf(operation.body, 'input', schemas), example: example.body },
            },
          },
        }
      : {}),
    responses,
  };
}

/** The schema behind a reference, or the schema itself. */
function resolved(schema: Json, schemas: Json): Json {
  const name = String(schema.$ref ?? '')
    .split('/')
    .at(-1);
  return name ? ((schemas[name] ?? {}) as Json) : schema;
}
