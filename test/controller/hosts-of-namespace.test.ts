import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inNamespace } from '../../controller/hosts-of-namespace.js';

const url = (given: string): unknown => (inNamespace({ url: given }, 'shop') as { url: unknown }).url;

test('a host without a dot is of the namespace of the run', () => {
  assert.equal(
    url('postgres://app@pg:5432/app?sslmode=disable'),
    'postgres://app@pg.shop.svc:5432/app?sslmode=disable',
  );
  assert.equal(url('http://web/health'), 'http://web.shop.svc/health');
  assert.equal(url('redis://redis'), 'redis://redis.shop.svc');
  for (const other of [
    'http://web.other.svc/',
    'http://10.0.0.1:80/',
    'http://[fd00::1]:80/',
    'http://localhost/',
    'no url',
  ])
    assert.equal(url(other), other);
});

test('so are addresses, and where a ledger is read back from, wherever they stand', () => {
  const spec = {
    steps: [{ probe: { tcp: { address: 'pg:5432' } } }, { fault: 'tcp partition from pg-1 for 1m' }],
    ledger: { readBackFrom: ['postgres://app@pg-1/app'] },
  };
  assert.deepEqual(inNamespace(spec, 'shop'), {
    steps: [{ probe: { tcp: { address: 'pg.shop.svc:5432' } } }, { fault: 'tcp partition from pg-1 for 1m' }],
    ledger: { readBackFrom: ['postgres://app@pg-1.shop.svc/app'] },
  });
});
