import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import { createServer as createPlainServer, type Server as PlainServer } from 'node:net';
import { before, type TestContext, test } from 'node:test';
import { issueAuthority, issueLeaf } from '../../certs/issue.js';
import { lifetimes } from '../../certs/limits.js';
import type { Pair } from '../../certs/read-pair.js';
import { allServeUnder } from '../../certs/replicas.js';
import type { KubeObject } from '../../kube/kube-object.js';
import { resources } from '../../kube/resources.js';
import { ObjectStore } from '../kube/object-store.js';
import { freePort } from '../sidecar/network/ports.js';
import { names, place } from './a-webhook.js';

let present: Pair;
let former: Pair;
const leaves = new Map<Pair, Pair>();

before(async () => {
  [present, former] = await Promise.all([
    issueAuthority(Date.now(), lifetimes),
    issueAuthority(Date.now(), lifetimes),
  ]);
  for (const authority of [present, former]) {
    leaves.set(authority, await issueLeaf(Date.now(), lifetimes, { authority, names }));
  }
});

type Sort = 'present' | 'former' | 'gone' | 'gone, not ready' | 'former, not ready' | 'not TLS';

const cases: readonly (readonly [says: string, sorts: readonly Sort[], expected: boolean])[] = [
  ['all serve under it', ['present', 'present'], true],
  ['one serves under another', ['present', 'former'], false],
  ['one that is not ready serves under another', ['present', 'former, not ready'], false],
  ['one that is ready does not answer', ['present', 'gone'], false],
  ['one that is not ready does not answer', ['present', 'gone, not ready'], true],
  ['one speaks no TLS', ['present', 'not TLS'], false],
  ['there is none', [], false],
];

for (const [says, sorts, expected] of cases) {
  test(`the replicas are ${expected ? '' : 'not '}all there when ${says}`, async (t) => {
    const port = await freePort('0.0.0.0');
    const store = new ObjectStore();
    const addresses = sorts.map((_, index) => `127.0.0.${index + 2}`);
    for (const [index, sort] of sorts.entries()) await serve(t, sort, addresses[index]!, port);
    await slice(
      store,
      sorts.map((sort, index) => ({
        addresses: [addresses[index]!],
        conditions: { ready: !sort.endsWith('not ready') },
      })),
    );
    const { namespace, service } = place;
    const asked = { api: store, namespace, service, port, authority: present.certificate };
    assert.equal(await allServeUnder(asked), expected);
  });
}

async function serve(t: TestContext, sort: Sort, host: string, port: number): Promise<void> {
  if (sort.startsWith('gone')) return;
  const { certificatePem: cert, keyPem: key } = leaves.get(sort === 'present' ? present : former)!;
  const server: Server | PlainServer =
    sort === 'not TLS'
      ? createPlainServer((socket) =>
          socket
            .on('error', () => {})
            .resume()
            .end('220 hello\r\n'),
        )
      : createServer({ cert, key });
  server.listen(port, host);
  await once(server, 'listening');
  t.after(async () => {
    server.close();
    await once(server, 'close');
  });
}

async function slice(store: ObjectStore, endpoints: readonly unknown[]): Promise<void> {
  const labels = { 'kubernetes.io/service-name': place.service };
  const metadata = { name: 'slice', namespace: place.namespace, labels };
  const object = { metadata, endpoints } as KubeObject;
  await store.create({ resource: resources.endpointSlices, namespace: place.namespace }, object);
}
