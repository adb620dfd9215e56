import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { test } from 'node:test';
import { programPath } from '../../../dev/cluster/binaries.js';
import { isInjected, type StoredPod } from '../../webhook/pods.js';
import { needsCluster } from '../cluster-at-hand.js';
import { Environment } from '../environment.js';
import { eventually } from '../eventually.js';
import { listedFaults } from '../listed-faults.js';
import { postgresSet } from '../postgres/postgres-set.js';
import { psql } from '../postgres/psql.js';

const commandMs = 240_000;
/** What the sentence in the README adds to an fsync. */
const faultMs = 200;
const fsync = `DROP TABLE IF EXISTS synced; SET client_min_messages = warning; CREATE TABLE synced (id int); INSERT INTO synced VALUES (1)`;

test('the six commands of the README, as they stand there', { skip: needsCluster() }, (t) =>
  Environment.play(
    { name: 'readme', namespace: 'shop', injected: false, volumesPerNode: 1 },
    async (environment) => {
      const { storageClass } = environment;
      await environment.apply(postgresSet({ name: 'postgres', replicas: 1, storageClass }));
      await environment.succeed(['rollout', 'status', 'statefulset/postgres', '--timeout=240s']);

      const transaction = (): Promise<number> => timeOf(() => psql(environment, 'postgres-0', fsync));
      const [install, label, ask, wait, annotate, remove, ...more] = commands();
      assert.deepEqual(more, [], 'six of them');
      const run = async (command = ''): Promise<string> => {
        const startedMs = performance.now();
        const said = await runInShell(command, environment.cluster.kubeconfig);
        t.diagnostic(`${command}   ${((performance.now() - startedMs) / 1000).toFixed(1)} s`);
        return said;
      };
      await run(install);
      await run(label);
      await run(ask);
      await run(wait);
      assert.ok(isInjected(await environment.json<StoredPod>(['get', 'pod', 'postgres-0'])));

      const beforeMs = await transaction();
      await run(annotate);
      let slowMs = 0;
      await eventually(
        'the fault has hit a transaction',
        async () => {
          slowMs = await transaction();
          const [slow] = await listedFaults(environment, 'postgres-0');
          return slow?.name === 'slow' && slow.tallies.injected > 0;
        },
        { boundMs: 60_000 },
      );
      assert.ok(slowMs >= faultMs, `${slowMs} ms with a sync that takes ${faultMs} ms more`);

      await run(remove);
      await eventually(
        'no fault is listed',
        async () => (await listedFaults(environment, 'postgres-0')).length === 0,
        { boundMs: 60_000 },
      );
      t.diagnostic(
        `a transaction took ${beforeMs} ms before, ${slowMs} ms under the fault, ${await transaction()} ms after`,
      );
    },
  ),
);

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
