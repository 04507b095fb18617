import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { API, type ApiOperation } from '@/lib/contract/api';
import { describeApi } from '@/lib/contract/openapi';
import { ERRORS } from '@/lib/domain/errors';
import { VERSION } from '@/lib/version';

const snapshot = JSON.parse(readFileSync(path.join(import.meta.dirname, '../../public/openapi.json'), 'utf8'));

test('the committed description is the generated one (npm run docs:api renews it)', () => {
  expect(JSON.parse(JSON.stringify(describeApi(VERSION)))).toEqual(snapshot);
});

test('every operation of the contract is described with its refusals', () => {
  for (const operation of Object.values(API) as ApiOperation[]) {
    const described = snapshot.paths[operation.path]?.[operation.method.toLowerCase()];
    expect(described, operation.path).toBeDefined();
    expect(Object.keys(described.responses)).toContain(String(operation.status));
    const ofKeys = operation.idempotency ? (['idempotency_conflict', 'idempotency_in_flight'] as const) : [];
    const ofBodies = operation.body ? (['malformed_json'] as const) : [];
    for (const code of [...operation.refusals, ...ofKeys, ...ofBodies]) {
      const { description = '' } = described.responses[ERRORS[code].status] ?? {};
      expect(description, `${operation.path} ${code}`).toContain(`\`${code}\`:`);
    }
  }
});

test('every POST takes an Idempotency-Key', () => {
  const posts = (Object.values(API) as ApiOperation[]).filter(({ method }) => method === 'POST');
  expect(posts.filter(({ idempotency }) => !idempotency)).toEqual([]);
});

test('what becomes of a refusal, and of a second request in flight, is said where the key is: an issue waits, other calls refuse', () => {
  const saidOf = (path: string): string =>
    snapshot.paths[path].post.parameters.find(({ name }: { name: string }) => name === 'Idempotency-Key').description;
  expect(saidOf('/api/v1/verifications')).toContain('waits for it and hears its answer');
  expect(saidOf('/api/v1/verifications/{id}/check')).toContain('`idempotency_in_flight`');
  for (const path of ['/api/v1/verifications', '/api/v1/routes/explain'])
    expect(saidOf(path)).toContain('Refusals (4xx, those of a malformed request too) are not kept');
});

test('every reference resolves', () => {
  const references = [...JSON.stringify(snapshot).matchAll(/"\$ref":"([^"]+)"/g)].map((match) => match[1] ?? '');
  expect(references.length).toBeGreaterThan(10);
  for (const reference of references) {
    const found = reference
      .slice(2)
      .split('/')
      .reduce<unknown>((node, key) => (node as Record<string, unknown>)?.[key], snapshot);
    expect(found, reference).toBeDefined();
    expect(found, `${reference} is a description, not a reference to itself`).not.toHaveProperty('$ref');
  }
});

test('an error is described as it is answered, and limits of a request are those that it meets', () => {
  const { Error: error, IssueVerification: issue } = snapshot.components.schemas;
  expect(Object.keys(error.properties.error.properties)).toEqual([
    'type',
    'code',
    'message',
    'param',
    'doc_url',
    'request_id',
    'retry_after',
  ]);
  expect(issue.properties.metadata.maxProperties).toBe(20);
});
