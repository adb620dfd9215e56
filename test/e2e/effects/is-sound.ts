/** Whether three databases that were ill-treated are whole: pages, indexes, rows, and processes. */
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { isInjected, type StoredPod } from '../../webhook/pods.js';
import { clientContainer } from '../postgres/client-pod.js';
import { psql } from '../postgres/psql.js';
import { caughtUp, followers } from '../postgres/replication.js';
import { table } from './disk-rows.js';
import { container, databases, replicas, type Setup } from './setup.js';

export async function isSound(t: TestContext, { environment }: Setup): Promise<void> {
  for (const replica of replicas) await caughtUp(environment, 'pg-0', replica);
  const rows = `SELECT count(*), md5(string_agg(id || word, ',' ORDER BY id, word)) FROM ${table}`;
  const seen = await Promise.all(databases.map((pod) => psql(environment, pod, rows)));
  t.diagnostic(`${databases.length} times ${seen[0]}`);
  assert.equal(new Set(seen).size, 1, `they differ: ${seen.join(' ')}`);
  for (const pod of databases) {
    await environment.exec(pod, container, ['pg_amcheck', '--heapallindexed', '--all']);
    // Reads every page of every file, and fails at the first whose checksum is wrong.
    const copy = `d=$(mktemp -d) && pg_basebackup --host=${pod}.pg --pgdata="$d/copy" --checkpoint=fast 2>&1 && rm -rf "$d"`;
    await environment.exec('client', clientContainer, ['sh', '-c', copy]);
  }
  assert.deepEqual(
    (await followers(environment, 'pg-0')).map(({ name, state }) => `${name} ${state}`),
    replicas.map((replica) => `${replica} streaming`),
  );
  await nothingStartedAgain(environment);
}

async function nothingStartedAgain(environment: Setup['environment']): Promise<void> {
  for (const name of databases) {
    const pod = await environment.json<StoredPod>(['get', 'pod', name]);
    assert.ok(isInjected(pod));
    const { initContainerStatuses = [], containerStatuses = [] } = pod.status ?? {};
    assert.deepEqual(
      [...initContainerStatuses, ...containerStatuses].filter(({ restartCount }) => restartCount > 0),
      [],
    );
  }
}
