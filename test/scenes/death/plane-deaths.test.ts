/** The plane of a pod dies ten times under load, in every way that it can die. */
import assert from 'node:assert/strict';
import { after, before, type TestContext, test } from 'node:test';
import { sidecar } from '../../../pod/layout.js';
import { needsCluster } from '../cluster-at-hand.js';
import { eventually } from '../eventually.js';
import { AtWork, loopback } from './at-work.js';
import { diskComplaints } from './database.js';
import { container } from './database-set.js';
import type { Load } from './load.js';
import { processName, signalAll } from './pod-processes.js';

const skip = needsCluster('own');
const deaths = 10;
const boundMs = 120_000;

let work: AtWork;
before(async () => {
  if (skip === false) work = await AtWork.open({ name: 'plane-deaths' });
});
after(async () => {
  if (skip === false) await work.close();
});

/** Only the plane's own process dies: its supervisor has another take over. */
const kills: Readonly<Record<string, () => Promise<void>>> = {
  'killed from the node': async () => signalAll([work.at.processes.one(processName.plane)], 'SIGKILL'),
  'killed from within its container': async () => {
    await inFaults(`kill -9 "$(basename "$(dirname "$(grep -lx ${sidecar.faults} /proc/[0-9]*/comm)")")"`);
  },
};

for (const [how, kill] of Object.entries(kills)) {
  test(
    `the plane is ${how} ten times: the disk only stalls, and nothing acknowledged is lost`,
    { skip },
    (t) =>
      work.act(t, async () => {
        const load = await dieUnderLoad(t, deaths, kill);
        await assertUnnoticed(t, load);
        assert.equal(await restartsOf(sidecar.faults), 0);
      }),
  );
}

const inFaults = (script: string): Promise<string> =>
  work.scene.exec(work.database.pod, sidecar.faults, ['sh', '-c', script]);

/** Each time when the one before is made good, and there is load. */
async function dieUnderLoad(t: TestContext, times: number, kill: () => Promise<void>): Promise<Load> {
  const { processes } = work.at;
  await work.begin();
  const downMs: number[] = [];
  for (let death = 0; death < times; death++) {
    await eventually('a spare stands by', async () => processes.called(processName.spare).length === 1, {
      boundMs,
    });
    const old = processes.one(processName.plane).pid;
    const killed = performance.now();
    await kill();
    const isReplaced = async (): Promise<boolean | string> => {
      const [plane] = processes.called(processName.plane);
      return (plane !== undefined && plane.pid !== old) || processes.tell();
    };
    await eventually('another plane serves', isReplaced, { boundMs });
    downMs.push(performance.now() - killed);
    await work.goesOn(boundMs);
  }
  t.diagnostic(`${times} deaths; another plane after ${downMs.map((ms) => ms.toFixed(0)).join(', ')} ms`);
  return work.end(t);
}

/** Nothing failed by the loopback, PostgreSQL never restarted, and never complained of its disk. */
async function assertUnnoticed(t: TestContext, load: Load): Promise<void> {
  await work.assertKept(t);
  const failed = load.ways[loopback]?.filter(({ outcome }) => outcome !== 'acknowledged');
  assert.deepEqual(failed, []);
  assert.deepEqual(diskComplaints(await work.database.log()), []);
  assert.equal(await restartsOf(container), 0);
}

async function restartsOf(name: string): Promise<number> {
  const path = `{.status.containerStatuses[?(@.name=="${name}")].restartCount}{.status.initContainerStatuses[?(@.name=="${name}")].restartCount}`;
  return Number(await work.scene.succeed(['get', 'pod', work.database.pod, `--output=jsonpath=${path}`]));
}
