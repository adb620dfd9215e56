import assert from 'node:assert/strict';
import { test } from 'node:test';
import { controlRoutes } from '../../../sidecar/control/control.js';
import { openapiDocument } from '../../../sidecar/control/openapi.js';
import { problemDocument } from '../../../sidecar/control/problem-document.js';
import { openedRegistry } from '../registry/opened-registry.js';
import { assertShape } from './documented.js';
import { someFacts, startedControl } from './started-control.js';

const methods = ['get', 'put', 'post', 'delete', 'patch', 'head', 'options', 'trace'];

test('the OpenAPI document describes the routes that there are, and no others', async (t) => {
  const { registry, log } = await openedRegistry(t);
  const routes = controlRoutes({ registry, log, facts: someFacts, access: { kind: 'anybody' } }).flatMap(
    ({ path, methods }) =>
      Object.keys(methods).map((method) => `${method} ${path.replace(/:(\w+)/g, '{$1}')}`),
  );
  const described = Object.entries(openapiDocument.paths).flatMap(([path, item]) =>
    Object.keys(item)
      .filter((key) => methods.includes(key))
      .map((method) => `${method} ${path}`),
  );
  assert.deepEqual(described.sort(), routes.sort());
});

test('the OpenAPI document is served as it is', async (t) => {
  const { send } = await startedControl(t);
  const { body, status } = await send('GET', '/openapi.json');
  assert.equal(status, 200);
  assert.deepEqual(body, JSON.parse(JSON.stringify(openapiDocument)));
});

test('every operation of the document has a name of its own, and every reference leads somewhere', () => {
  const text = JSON.stringify(openapiDocument);
  const ids = [...text.matchAll(/"operationId":"(\w+)"/g)].map(([, id]) => id);
  assert.equal(new Set(ids).size, ids.length);
  for (const [, name] of text.matchAll(/"#\/components\/schemas\/(\w+)"/g)) {
    assert.ok(name !== undefined && name in openapiDocument.components.schemas, name);
  }
});

test('a problem document is of the shape the document says', () => {
  const problem = { code: 'no-plane', message: 'm', column: 1, length: 1, found: 'tcp' } as const;
  for (const body of [
    problemDocument('not-found', 'here'),
    problemDocument('bad-sentence', 'so', [problem]),
  ]) {
    assertShape(['components', 'schemas', 'Problem'], { body }, body.code);
  }
});

test('the schemas refuse what is not theirs', () => {
  const shape = (name: string, body: unknown) => () =>
    assertShape(['components', 'schemas', name], { body }, name);
  assert.throws(shape('Tallies', { matched: 1, injected: 1, exempted: 0 }));
  assert.throws(shape('Tallies', { matched: 1, injected: 1, exempted: 0, passed: -1 }));
  assert.throws(shape('FaultRequest', { sentence: 'disk freeze', more: 1 }));
  assert.throws(shape('FaultName', '../x'));
});
