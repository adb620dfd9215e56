/** The ready experiments of Redis, on three with a Sentinel beside each. */
import { after, before, suite } from 'node:test';
import { needsCluster } from '../cluster-at-hand.js';
import { Environment } from '../environment.js';
import { serviceOf, testReadyExperiments } from './library.js';
import { ports, sentinelSet } from './sentinel-set.js';

const name = 'redis';
const podOf = (ordinal: number): object => ({ 'statefulset.kubernetes.io/pod-name': `${name}-${ordinal}` });

suite('ready experiments on Redis with Sentinel', { skip: needsCluster() }, () => {
  let environment: Environment;
  before(async () => {
    environment = await Environment.open({ name: 'library-redis' });
    await environment.apply([
      ...sentinelSet({ name, replicas: 3 }),
      serviceOf('redis-0', podOf(0), ports.redis),
      serviceOf('redis-1', podOf(1), ports.redis),
      serviceOf('redis-sentinel', { app: name }, ports.sentinel),
    ]);
    await environment.succeed(['rollout', 'status', `statefulset/${name}`, '--timeout=300s']);
  });
  after(() => environment?.close());

  // The last one ends with another primary.
  testReadyExperiments(() => environment, [{ file: 'connection-flood-cut-off' }, { file: 'split-brain' }]);
});
