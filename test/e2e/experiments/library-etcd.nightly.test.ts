/** The ready experiments of etcd, on three members with a sidecar in each pod. */
import { after, before, suite } from 'node:test';
import { needsCluster } from '../cluster-at-hand.js';
import { Etcd } from '../consensus/etcd.js';
import { Environment } from '../environment.js';
import { serviceOf, testReadyExperiments } from './library.js';

suite('ready experiments on etcd', { skip: needsCluster('own') }, () => {
  let environment: Environment;
  before(async () => {
    environment = await Environment.open({ name: 'library-etcd', volumesPerNode: 1 });
    await Etcd.start(environment);
    await environment.apply([serviceOf('etcd-client', { app: 'etcd' }, 2379)]);
  });
  after(() => environment?.close());

  testReadyExperiments(
    () => environment,
    [{ file: 'slow-disk-on-minority' }, { file: 'half-deaf-leader' }, { file: 'quorum-lost' }],
  );
});
