import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { test } from 'node:test';
import { programPath } from '../../cluster/binaries.js';
import { isInjected, type StoredPod } from '../../webhook-cluster/pods.js';
import { needsCluster } from '../cluster-at-hand.js';
import { listedFaults } from '../listed-faults.js';
import { postgresSet } from '../postgres/postgres-set.js';
import { psql } from '../postgres/psql.js';
import { Scene } from '../scene.js';

const commandMs = 240_000;
const fsync = `DROP TABLE IF EXISTS synced; SET client_min_messages = warning; CREATE TABLE synced (id int); INSERT INTO synced VALUES (1)`;

test('the six commands of the README, as they stand there', { skip: needsCluster() }, (t) =>
  Scene.play({ name: 'readme', namespace: 'shop', injected: false, volumesPerNode: 1 }, async (scene) => {
    const { storageClass } = scene;
    await scene.apply(postgresSet({ name: 'postgres', replicas: 1, storageClass }));
    await scene.succeed(['rollout', 'status', 'statefulset/postgres', '--timeout=240s']);

    const [install, label, ask, wait, annotate, remove, ...more] = commands();
    assert.deepEqual(more, [], 'six of them');
    const run = async (command = ''): Promise<string> => {
      const startedMs = performance.now();
      const said = await runInShell(command, scene.cluster.kubeconfig);
      t.diagnostic(`${command}   ${((performance.now() - startedMs) / 1000).toFixed(1)} s`);
      return said;
    };
    await run(install);
    await run(label);
    await run(ask);
    await run(wait);
    assert.ok(isInjected(await scene.json<StoredPod>(['get', 'pod', 'postgres-0'])));

    const beforeMs = await timeOf(() => psql(scene, 'postgres-0', fsync));
    await run(annotate);
    await eventuallySlow(() => timeOf(() => psql(scene, 'postgres-0', fsync)));
    const [fault] = await listedFaults(scene, 'postgres-0');
    assert.equal(fault?.name, 'slow');
    assert.ok((fault?.tallies.injected ?? 0) > 0, 'it provably hit');

    await run(remove);
    await scene.exec('postgres-0', 'havock8s-faults', ['sh', '-c', untilNoFault]);
    const afterMs = await timeOf(() => psql(scene, 'postgres-0', fsync));
    t.diagnostic(`a transaction took ${beforeMs} ms before, ${afterMs} ms after`);
  }),
);

/** Bounded by itself: 100 looks. */
const untilNoFault = `for i in $(seq 100); do
  havock8s ls --output json | grep -q '"faults": *\\[\\]' && exit 0
  sleep 0.2
done
exit 1`;

/** Of the Kubernetes part: lines of the block that begins with the installation, without what is said about them. */
function commands(): readonly string[] {
  const readme = readFileSync('README.md', 'utf8');
  const block = /```sh\n(kubectl apply -k [^`]*)```/.exec(readme)?.[1] ?? '';
  return block
    .split('\n')
    .map((line) => line.replace(/ {2,}#.*$/, ''))
    .filter((line) => line !== '');
}

/** As a newcomer would: kubectl in the PATH, KUBECONFIG set, in the folder of the checkout. */
async function runInShell(command: string, kubeconfig: string): Promise<string> {
  const path = `${dirname(programPath('kubectl'))}:${process.env['PATH']}`;
  const child = spawn('sh', ['-c', command], {
    env: { ...process.env, PATH: path, KUBECONFIG: kubeconfig },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: commandMs,
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
  const [code] = (await once(child, 'close')) as [number | null];
  assert.equal(code, 0, `${command}: ${said}`);
  return said;
}

async function timeOf(act: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await act();
  return Math.round(performance.now() - startedMs);
}

/** The annotation takes a moment to reach the pod: ten tries, each of which asks the disk to sync. */
async function eventuallySlow(attempt: () => Promise<number>): Promise<void> {
  for (let tries = 0; tries < 10; tries++) if ((await attempt()) >= 400) return;
  assert.fail('no transaction was slowed down');
}
