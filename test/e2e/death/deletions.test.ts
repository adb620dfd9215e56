/** Pods of a database at work, deleted in every state that they can be in: gone in time, and nothing of the volume is. */
import assert from 'node:assert/strict';
import { after, before, type TestContext, test } from 'node:test';
import { needsCluster } from '../cluster-at-hand.js';
import { eventually } from '../eventually.js';
import { AtWork } from './at-work.js';
import { Database } from './database.js';
import {
  assertWhole,
  bystandersOf,
  forced,
  graceS,
  startDeletion,
  tellGone,
  untilGone,
  untilNoProcess,
  withSameNetworks,
} from './deletion.js';
import { processName, signalAll } from './pod-processes.js';
import { treeHash } from './tree-hash.js';

const skip = needsCluster('own');

let work: AtWork;
let bystanders: string;
before(async () => {
  if (skip !== false) return;
  work = await AtWork.open({ name: 'deletions', graceS });
  bystanders = await bystandersOf(work.database);
});
after(async () => {
  if (skip === false) await work.close();
});

test('without a sidecar, for comparison', { skip }, async (t) => {
  const { environment } = work;
  const plain = await Database.create(environment, { name: 'plain', isInjected: false, graceS });
  for (const [what, how] of Object.entries({ gracefully: [], 'by force': forced })) {
    const at = await plain.incarnation();
    await environment.succeed(['delete', 'statefulset', plain.name, '--cascade=orphan']);
    const sinceMs = performance.now();
    await startDeletion(environment, plain.pod, how);
    tellGone(t, `no sidecar, deleted ${what}`, await untilGone(environment, plain.pod, at, sinceMs));
    if (how.length === 0) await plain.make();
  }
});

interface Deletion {
  readonly how?: readonly string[];
  /** Just before it. */
  readonly first?: () => Promise<void>;
  /** While it goes on. */
  readonly meanwhile?: () => Promise<void>;
  /** No byte can be written any more once `first` is done: the whole tree is the same afterwards. */
  readonly isStill?: boolean;
}

const fault = (sentence: string) => async (): Promise<void> => {
  await work.environment.succeed(['annotate', 'pod', work.database.pod, `fault.havock8s.io/one=${sentence}`]);
  await armed();
};

/** The kubelet has written the annotation, and the fault proxy has read it. */
const armed = async (): Promise<void> => {
  const script =
    'for i in $(seq 300); do havock8s ls --output json | grep -q armed && exit 0; sleep 0.2; done; exit 1';
  await work.environment.exec(work.database.pod, 'havock8s-faults', ['sh', '-c', script]);
};

const stopFaults = async (): Promise<void> =>
  signalAll(work.at.processes.beside(processName.plane), 'SIGSTOP');

/** Until there is nobody left to kill. */
async function killPlanes(): Promise<void> {
  const { processes } = work.at;
  const killer = setInterval(() => {
    for (const name of [processName.plane, processName.spare]) signalAll(processes.called(name), 'SIGKILL');
  }, 100);
  try {
    await untilNoProcess(work.at);
  } finally {
    clearInterval(killer);
  }
}

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
  gracefully: {},
  'by force': { how: forced },
  'under disk freeze': { first: fault('disk freeze for 5m') },
  'by force under disk freeze': { first: fault('disk freeze for 5m'), how: forced },
  'under tcp blackhole': { first: fault('tcp blackhole for 5m') },
  'while the plane is stopped': { first: stopFaults, isStill: true },
  'by force while the plane is stopped': { first: stopFaults, how: forced, isStill: true },
  'while the plane is killed again and again': { meanwhile: killPlanes },
  'with the kubelet restarted meanwhile': { meanwhile: restartKubelet },
  'with containerd restarted meanwhile': { meanwhile: restartContainerd },
};

for (const [state, deletion] of Object.entries(deletions)) {
  test(`deleted ${state}: gone in time, and every acknowledged row is there`, { skip }, (t) =>
    work.act(t, () => deleteAtWork(t, state, deletion)),
  );
}

async function deleteAtWork(t: TestContext, state: string, deletion: Deletion): Promise<void> {
  const { how = [], first, meanwhile, isStill = false } = deletion;
  const { environment, database, at } = work;
  const folder = await database.folder();
  await work.begin();
  await work.orphan();
  await withSameNetworks(at, async () => {
    await first?.();
    const still = isStill ? treeHash(folder) : null;
    const sinceMs = performance.now();
    await startDeletion(environment, database.pod, how);
    await meanwhile?.();
    tellGone(t, `deleted ${state}`, await untilGone(environment, database.pod, at, sinceMs));
    if (still !== null) assert.equal(treeHash(folder), still, 'every byte of the volume');
  });
  await assertWhole(t, work, bystanders);
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
        await environment.succeed(['wait', `pod/${database.pod}`, '--for=delete', '--timeout=60s']);
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

test(
  'its set is deleted with all that belongs to it: gone in time, and every acknowledged row is there',
  {
    skip,
  },
  (t) =>
    work.act(t, async () => {
      const { environment, database, at } = work;
      await work.begin();
      const sinceMs = performance.now();
      await environment.succeed([
        'delete',
        'statefulset',
        database.name,
        '--cascade=foreground',
        '--timeout=120s',
      ]);
      tellGone(t, 'with its set', await untilGone(environment, database.pod, at, sinceMs));
      await assertWhole(t, work, bystanders);
    }),
);
