import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addressesOf, ownDomain } from '../../../../sidecar/tcp/peers/look-up.js';

const kubelet = `# Kubernetes-managed hosts file.
127.0.0.1	localhost
::1	localhost ip6-localhost ip6-loopback
10.244.1.7	pg-0.pg.default.svc.cluster.local	pg-0
`;

test('ownDomain() is the headless domain that the kubelet writes beside the pod`s name', () => {
  assert.equal(ownDomain(kubelet, 'pg-0'), 'pg.default.svc.cluster.local');
});

test('ownDomain() is none where the host has only a name, or is not in the file', () => {
  assert.equal(ownDomain('127.0.1.1 box\n', 'box'), null);
  assert.equal(ownDomain(kubelet, 'pg-1'), null);
  assert.equal(ownDomain('', 'box'), null);
});

test('addressesOf() knows localhost, and gives no address for a name that nobody has', async () => {
  const found = await addressesOf('localhost', null);
  assert.ok(found.some(({ bytes, bits }) => bytes.join('.') === '127.0.0.1' && bits === 32));
  assert.deepEqual(await addressesOf('no-such-host.invalid', null), []);
});

test('addressesOf() looks beside the pod first, and then at the name as it is', async () => {
  const found = await addressesOf('localhost', 'no-such-domain.invalid');
  assert.ok(found.length > 0);
});
