import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { startApiServer } from '../../../dev/cluster/api-server.js';
import { ClusterHost } from '../../../dev/cluster/cluster-host.js';
import { Kubectl } from '../../../dev/cluster/kubectl.js';
import { readIfThere } from '../../../sidecar/linux/read-if-there.js';
import { needs } from '../../needs.js';
import { until } from '../../sidecar/mounted/until.js';

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

test('when the process that started it is killed, its processes end and its folder goes', {
  skip,
}, async () => {
  const module = new URL('../../../dev/cluster/api-server.js', import.meta.url).href;
  const script = `const { startApiServer } = await import(${JSON.stringify(module)});
    console.log((await startApiServer()).folder); setInterval(() => {}, 1000);`;
  const starter = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [chunk] = (await once(starter.stdout, 'data')) as [Buffer];
  const folder = chunk.toString().trim();
  assert.ok(existsSync(folder));
  starter.kill('SIGKILL');
  await until(() => !existsSync(folder) && processesOf(folder).length === 0);
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

/** Those whose arguments name the folder. */
const processesOf = (folder: string): readonly string[] =>
  readdirSync('/proc').filter((name) => /^\d+$/.test(name) && commandLine(name).includes(folder));

const commandLine = (pid: string): string => readIfThere(`/proc/${pid}/cmdline`) ?? '';
