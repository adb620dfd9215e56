/** What the doctor finds on real nodes, and whether what it says to do mends it. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { V1Pod } from '@kubernetes/client-node';
import { sidecar } from '../../../core/pod-layout.js';
import type { ClusterNode } from '../../../dev/cluster/node.js';
import { needsCluster } from '../cluster-at-hand.js';
import { PodProcesses, processName, signalAll } from '../death/pod-processes.js';
import { Environment } from '../environment.js';
import { eventually } from '../eventually.js';
import { idlePod } from '../idle-pod.js';
import { whereaboutsOf } from '../node-processes.js';
import { scaleToNone, scaleUp } from '../webhook/replicas.js';
import { broken, brokenAbout, commandOf, examineCluster, examineNode, examinePod } from './examine.js';

const boundMs = 120_000;

describe('the doctor', { skip: needsCluster('own') }, () => {
  let environment: Environment;
  let node: ClusterNode;
  let processes: PodProcesses;

  before(async () => {
    environment = await Environment.open({ name: 'doctor' });
    await environment.apply([idlePod('patient', { inject: true })]);
    await environment.succeed(['wait', '--for=condition=Ready', 'pod/patient', '--timeout=120s']);
    const patient = whereaboutsOf(await environment.json<V1Pod>(['get', 'pod', 'patient']));
    node = environment.own.node(patient.node);
    processes = new PodProcesses(patient.uid);
  });

  after(() => environment?.close());

  test('finds nothing where all is well: in both sidecars, on the node, in the cluster', async () => {
    const examined = {
      faults: await examinePod(environment, 'patient', sidecar.faults),
      mount: await examinePod(environment, 'patient', sidecar.mount),
      node: await examineNode(node),
      cluster: await examineCluster(environment),
    };
    for (const [where, { code, findings }] of Object.entries(examined)) {
      const wrong = findings.filter(({ verdict }) => verdict !== 'ok');
      assert.deepEqual([code, wrong], [0, []], where);
      assert.ok(findings.length > 5, where);
    }
  });

  test('on the node tells a mount whose fault proxy is stopped, and no longer once it goes on', async (t) => {
    signalAll(processes.beside(processName.faultProxy), 'SIGSTOP');
    try {
      const examined = await examineNode(node);
      const { found } = brokenAbout(examined, 'mounts');
      t.diagnostic(found);
      assert.match(found, /does not answer/);
      assert.equal(examined.code, 1);
    } finally {
      signalAll(processes.beside(processName.faultProxy), 'SIGCONT');
    }
    assert.deepEqual(broken(await examineNode(node)), []);
  });

  test('tells a cluster without the webhook, and no longer once it is back', async (t) => {
    await scaleToNone(environment.cluster);
    try {
      const examined = await examineCluster(environment);
      const { found } = brokenAbout(examined, 'webhook');
      t.diagnostic(found);
      assert.equal(examined.code, 1);
    } finally {
      await scaleUp(environment.cluster);
    }
    assert.deepEqual(broken(await examineCluster(environment)), []);
  });

  test('a pod that stays Terminating on its dead mount: what the doctor says to do on the node frees it', async (t) => {
    await node.machine.end('kubelet');
    signalAll(processes.all(), 'SIGKILL');
    await environment.succeed(['delete', 'pod', 'patient', '--wait=false']);
    node.beginKubelet();
    const dead = brokenAbout(await examineNode(node), 'mounts');
    assert.match(dead.found, /is dead/);

    const says = async (): Promise<boolean | string> => {
      const examined = await examineCluster(environment);
      return broken(examined).some(({ check }) => check === 'terminating') || JSON.stringify(examined);
    };
    await eventually('the cluster has a pod that stays', says, { boundMs });
    const command = commandOf(brokenAbout(await examineCluster(environment), 'terminating'), 'on the node:');
    t.diagnostic(command);
    // Where the kubelet's directory is a bind mount each is listed by both paths, and the second is gone with the first.
    assert.equal(node.machine.enclosure.run('sh', '-c', command).stderr, '');
    await environment.succeed(['wait', '--for=delete', 'pod/patient', '--timeout=60s']);
    assert.deepEqual(broken(await examineNode(node)), []);
    assert.deepEqual(broken(await examineCluster(environment)), []);
  });
});
