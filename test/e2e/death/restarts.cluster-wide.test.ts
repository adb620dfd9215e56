/**
 * Pods of a database at work, deleted while what runs them ends and is started again: gone in time, and nothing of the
 * volume is. Whatever else is on the node feels it.
 */
import { after, before, test } from 'node:test';
import { needsCluster } from '../cluster-at-hand.js';
import { eventually } from '../eventually.js';
import { AtWork } from './at-work.js';
import {
  assertWhole,
  bystandersOf,
  type Deletion,
  deleteAtWork,
  forced,
  graceS,
  startDeletion,
  tellGone,
  untilGone,
  untilUnknown,
} from './deletion.js';

const skip = needsCluster('own');

let work: AtWork;
let bystanders: string;
before(async () => {
  if (skip !== false) return;
  work = await AtWork.open({ name: 'restarts', graceS });
  bystanders = await bystandersOf(work.database);
});
after(async () => {
  if (skip === false) await work.close();
});

async function restartKubelet(): Promise<void> {
  await work.at.node.machine.end('kubelet');
  work.at.node.beginKubelet();
}

async function restartContainerd(): Promise<void> {
  const { machine, plan } = work.at.node;
  await machine.end('containerd');
  await machine.beginContainerd({ podRange: plan.podRange });
}

const deletions: Readonly<Record<string, Deletion>> = {
  'with the kubelet restarted meanwhile': { meanwhile: restartKubelet },
  'with containerd restarted meanwhile': { meanwhile: restartContainerd },
};

for (const [state, deletion] of Object.entries(deletions)) {
  test(`deleted ${state}: gone in time, and every acknowledged row is there`, { skip }, (t) =>
    work.act(t, () => deleteAtWork(t, work, { ...deletion, state, bystanders })),
  );
}

test(
  'deleted by force while the kubelet is dead: its containers run on, and end when it is back',
  {
    skip,
  },
  (t) =>
    work.act(t, async () => {
      const { environment, database, at } = work;
      const load = await work.begin();
      await work.orphan();
      await at.node.machine.end('kubelet');
      try {
        await startDeletion(environment, database.pod, forced);
        await untilUnknown(environment, database.pod, at);
        const before = load.all.length;
        await eventually('clients go on', async () => load.all.length > before + 100, { boundMs: 60_000 });
      } finally {
        at.node.beginKubelet();
      }
      const sinceMs = performance.now();
      tellGone(t, 'the kubelet is back', await untilGone(environment, database.pod, at, sinceMs));
      await assertWhole(t, work, bystanders);
    }),
);
