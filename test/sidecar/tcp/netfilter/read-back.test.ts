import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readTable } from '../../../../sidecar/tcp/netfilter/read-back.js';

const table = (packets: number, handle: number, expires: number): string =>
  JSON.stringify({
    nftables: [
      { metainfo: { version: '1.0.6' } },
      { table: { family: 'inet', name: 'havock8s', handle } },
      {
        counter: {
          family: 'inet',
          name: 'fault-1-injected',
          table: 'havock8s',
          handle,
          packets,
          bytes: packets * 60,
        },
      },
      { set: { name: 'fault-1-from-ipv4', elem: [{ elem: { val: '10.0.0.7', timeout: 60, expires } }] } },
      { rule: { chain: 'fault-1', handle, expr: [{ counter: 'fault-1-injected' }, { drop: null }] } },
    ],
  });

test('readTable() gives the counters by name', () => {
  assert.deepEqual(readTable(table(7, 1, 50)).counters.get('fault-1-injected'), {
    name: 'fault-1-injected',
    packets: 7,
    bytes: 420,
  });
});

test('readTable() has the same fingerprint for the same rules, whatever they counted and whenever they end', () => {
  assert.equal(readTable(table(7, 1, 50)).fingerprint, readTable(table(900, 44, 3)).fingerprint);
});

test('readTable() has another fingerprint once a rule or a peer is another', () => {
  const { fingerprint } = readTable(table(7, 1, 50));
  assert.notEqual(
    readTable(table(7, 1, 50).replace('"drop":null', '"accept":null')).fingerprint,
    fingerprint,
  );
  assert.notEqual(readTable(table(7, 1, 50).replace('10.0.0.7', '10.0.0.8')).fingerprint, fingerprint);
});

test('readTable() says so when it is not a list', () => {
  assert.throws(() => readTable('{}'), { code: 'netfilter.failed' });
});
