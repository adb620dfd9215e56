import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { needs } from '../needs.js';
import { startApiServer } from './api-server.js';
import { ClusterHost } from './cluster-host.js';
import { Kubectl } from './kubectl.js';

const skip = needs('etcd', 'kube-apiserver', 'kubectl', 'setpriv');

test('a real API server stores, refuses, knows its users and keeps an audit, and nothing of it is left', {
  skip,
}, async () => {
  const server = await startApiServer({ users: { visitor: [] }, audit: true });
  try {
    await server.kubectl.createNamespace('databases');
    const version = await server.kubectl.json<{ serverVersion: { minor: string } }>(['version']);
    assert.equal(version.serverVersion.minor, '34');
    const refused = await new Kubectl(server.kubeconfig('visitor')).run([
      'get',
      'pods',
      '--namespace=databases',
    ]);
    assert.match(refused.stderr, /User "visitor" cannot list resource "pods"/);
    assert.match(server.readAudit(), /"username":"visitor"/);
  } finally {
    await server.stop();
  }
  assert.ok(!existsSync(server.folder));
});

test('on a host of its own it is reached from here', { skip: skip || needs('root', 'network') }, async () => {
  const host = await ClusterHost.start();
  try {
    const server = await startApiServer({ host });
    try {
      assert.match(await server.kubectl.succeed(['get', 'namespaces']), /kube-system/);
    } finally {
      await server.stop();
    }
  } finally {
    await host.close();
  }
});
