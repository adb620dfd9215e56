/** Pods of a database at work, deleted in every state that they can be in: gone in time, and nothing of the volume is. */
import { after, before, test } from 'node:test';
import { needsCluster } from '../cluster-at-hand.js';
import { AtWork } from './at-work.js';
import { Database } from './database.js';
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
  untilNoProcess,
} from './deletion.js';
import { processName, signalAll } from './pod-processes.js';

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
  signalAll(work.at.processes.beside(processName.faultProxy), 'SIGSTOP');

/** Until there is nobody left to kill. */
async function killFaultProxies(): Promise<void> {
  const { processes } = work.at;
  const killer = setInterval(() => {
    for (const name of [processName.faultProxy, processName.standby])
      signalAll(processes.called(name), 'SIGKILL');
  }, 100);
  try {
    await untilNoProcess(work.at);
  } finally {
    clearInterval(killer);
  }
}

const deletions: Readonly<Record<string, Deletion>> = {
  gracefully: {},
  'by force': { how: forced },
  'under disk freeze': { first: fault('disk freeze for 5m') },
  'by force under disk freeze': { first: fault('disk freeze for 5m'), how: forced },
  'under tcp blackhole': { first: fault('tcp blackhole for 5m') },
  'while the fault proxy is stopped': { first: stopFaults, isStill: true },
  'by force while the fault proxy is stopped': { first: stopFaults, how: forced, isStill: true },
  'while the fault proxy is killed again and again': { meanwhile: killFaultProxies },
};

for (const [state, deletion] of Object.entries(deletions)) {
  test(`deleted ${state}: gone in time, and every acknowledged row is there`, { skip }, (t) =>
    work.act(t, () => deleteAtWork(t, work, { ...deletion, state, bystanders })),
  );
}

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
