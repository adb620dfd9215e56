/** Peers that a sentence names as a target: addresses in the annotation, and others when they change. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resources } from '../../kube/resources.js';
import { clusterOf } from './cluster-of.js';
import { namespace, type SimulatedCluster } from './simulated-cluster.js';

const spec = {
  targets: [
    { name: 'one', pods: ['db-0'] },
    { name: 'others', pods: ['db-1', 'db-2'] },
  ],
  steps: [{ name: 'split', target: 'one', fault: 'tcp partition from @others for 1m' }],
};

const annotationOf = async (cluster: SimulatedCluster): Promise<string | undefined> =>
  (await cluster.store.get({ resource: resources.pods, namespace, name: 'db-0' }))?.metadata.annotations?.[
    'fault.havock8s.io/split.split'
  ];

const moveTo = (cluster: SimulatedCluster, pod: string, podIP: string) =>
  cluster.store.patch(
    { resource: resources.pods, namespace, name: pod },
    { kind: 'merge', body: { status: { podIP } } },
  );

test('the addresses of the target are written, and written again when one changes, with the same end', async (context) => {
  const { cluster, start, verdictOf } = await clusterOf(context, []);
  await cluster.pod('db-0', { address: '10.0.0.1' });
  await cluster.pod('db-1', { address: '10.0.0.2' });
  await cluster.pod('db-2', { address: '10.0.0.3' });
  start();
  await cluster.experiment('split', spec);
  await cluster.until('it is asked for', async () => (await annotationOf(cluster)) !== undefined);
  const [, end] =
    /^tcp partition from 10\.0\.0\.2,10\.0\.0\.3 (until .*)$/.exec((await annotationOf(cluster)) ?? '') ?? [];
  assert.ok(end, await annotationOf(cluster));
  await moveTo(cluster, 'db-2', '10.0.0.8');
  const next = `tcp partition from 10.0.0.2,10.0.0.8 ${end}`;
  await cluster.until('the new address is written', async () => (await annotationOf(cluster)) === next);
  await verdictOf('split');
  assert.equal(await annotationOf(cluster), undefined);
  const { faults } = await cluster.run('split');
  assert.match(faults.get('split@db-0')?.sentence ?? '', /^tcp partition from @others until /);
});

test('a pod that takes the place of another is the peer from then on', async (context) => {
  const { cluster, start, verdictOf } = await clusterOf(context, []);
  await cluster.pod('db-0', { address: '10.0.0.1' });
  await cluster.pod('db-1', { address: '10.0.0.2' });
  await cluster.pod('db-2', { address: '10.0.0.3' });
  start();
  await cluster.experiment('split', spec);
  const asks = (peers: string) => async () =>
    (await annotationOf(cluster))?.startsWith(`tcp partition from ${peers} until `) ?? false;
  await cluster.until('both are peers', asks('10.0.0.2,10.0.0.3'));
  for (const pod of ['db-1', 'db-2'])
    await cluster.store.remove({ resource: resources.pods, namespace, name: pod });
  await cluster.until('nobody is', asks('0.0.0.0'));
  await cluster.pod('db-2', { address: '10.0.0.9' });
  await cluster.until('the new one is', asks('10.0.0.9'));
  await verdictOf('split');
});

test('more peers than a sentence has room for: nothing is armed, and it is said how many fit', async (context) => {
  const { cluster, start, verdictOf } = await clusterOf(context, []);
  await cluster.pod('db-0', { address: '10.0.0.1' });
  const peers = Array.from({ length: 100 }, (_, index) => `peer-${index}`);
  for (const [index, pod] of peers.entries()) await cluster.pod(pod, { address: `10.0.100.${index + 1}` });
  start();
  await cluster.experiment('split', {
    ...spec,
    targets: [
      { name: 'one', pods: ['db-0'] },
      { name: 'others', pods: peers },
    ],
  });
  assert.match(await verdictOf('split'), /^Error: StepFailed: /);
  assert.deepEqual([...cluster.hit], []);
  const warnings = (await cluster.journal('split')).flatMap((event) =>
    event.type === 'warned' ? [event.message] : [],
  );
  assert.match(
    warnings.join(),
    /for db-0 the sentence comes to \d+ bytes .*expected at most 1024, about 70 addresses/,
  );
});

test('a target that the file does not name is refused, with the nearest word', async (context) => {
  const { cluster, start, verdictOf } = await clusterOf(context);
  start();
  const steps = [{ name: 'split', target: 'one', fault: 'tcp partition from @other for 1m' }];
  await cluster.experiment('typo', { ...spec, steps });
  assert.match(await verdictOf('typo'), /no target is called other; did you mean @others\?/);
});
