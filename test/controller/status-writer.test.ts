import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ExperimentObject } from '../../controller/experiment-object.js';
import { StatusWriter } from '../../controller/status-writer.js';
import { HavocError } from '../../core/havoc-error.js';
import type { ExperimentStatus } from '../../experiment/crd/status.js';
import { resources } from '../../kube/resources.js';
import { namespace, SimulatedCluster } from './simulated-cluster.js';

const over = { phase: 'Over', verdict: 'Passed' } as ExperimentStatus;

async function aWriter() {
  const cluster = new SimulatedCluster();
  const experiment = await cluster.experiment('one', {});
  const { store: api, clock } = cluster;
  const writer = new StatusWriter({ api, clock, experiment, onError: (error) => assert.fail(`${error}`) });
  const written = async (writing: Promise<void>): Promise<ExperimentObject | null> => {
    let isOver = false;
    void writing.then(() => {
      isOver = true;
    });
    await cluster.until('it is written', () => isOver);
    return cluster.find('one');
  };
  return { cluster, writer, written };
}

test('the last status is written also where others write to the object all the time', async () => {
  const { cluster, writer, written } = await aWriter();
  let conflicts = 3;
  cluster.store.intercept = (call) => {
    if (call === 'patch' && conflicts-- > 0) throw new HavocError('kube.conflict', 'changed meanwhile');
  };
  assert.equal((await written(writer.writeLast(over)))?.status?.verdict, 'Passed');
});

test('one that took the name of another has a status of its own', async () => {
  const { cluster, writer, written } = await aWriter();
  await cluster.store.remove({ resource: resources.experiments, namespace, name: 'one' });
  await cluster.experiment('one', {});
  assert.equal((await written(writer.writeLast(over)))?.status, undefined);
});
