/** The fault proxy of a pod dies under load, in every way that it can die. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { annotation } from '../../../core/keys.js';
import { sidecar } from '../../../core/pod-layout.js';
import { needsCluster } from '../cluster-at-hand.js';
import { AtWork } from './at-work.js';
import { assertUnnoticed, dieUnderLoad, inContainer, restartsOf } from './kills.js';
import { eatMemory, oomKills } from './oom.js';
import { processName, signalAll } from './pod-processes.js';

const skip = needsCluster('own');
const deaths = 10;
/** Of the container: little more than the fault proxies have. */
const memory = { [annotation.memory]: '200Mi', [annotation.memoryLimit]: '320Mi' };
/** The kubelet starts a container again after 0, 10, 20, 40 ... 300 s. */
const containerDeaths = 3;

let work: AtWork;
before(async () => {
  if (skip === false) work = await AtWork.open({ name: 'proxy-deaths', annotations: memory });
});
after(async () => {
  if (skip === false) await work.close();
});

/** Only the fault proxy's own process dies: its supervisor has another take over. */
const kills: Readonly<Record<string, () => Promise<void>>> = {
  'killed from the node': async () => signalAll([work.at.processes.one(processName.faultProxy)], 'SIGKILL'),
  'killed from within its container': async () => {
    const comm = `$(grep -lx ${processName.faultProxy} /proc/[0-9]*/comm)`;
    await inContainer(work, sidecar.faults, `kill -9 "$(basename "$(dirname "${comm}")")"`);
  },
  'killed by the kernel for its memory': async () => {
    const { cgroup } = work.at.processes.one(processName.faultProxy);
    const before = oomKills(cgroup) ?? 0;
    const { environment, database } = work;
    const eater = ['bash', '-c', eatMemory(processName.faultProxy)];
    // It may be among those that are killed.
    await environment.run(['exec', database.pod, `--container=${sidecar.faults}`, '--', ...eater]);
    const after = oomKills(cgroup);
    assert.ok(after === null || after > before, 'the kernel killed nobody');
  },
};

for (const [how, kill] of Object.entries(kills)) {
  test(
    `the fault proxy is ${how} ten times: the disk only stalls, and nothing acknowledged is lost`,
    { skip },
    (t) =>
      work.act(t, async () => {
        const load = await dieUnderLoad(t, work, { times: deaths, kill });
        await assertUnnoticed(t, work, load);
        t.diagnostic(
          `its container was started ${(await restartsOf(work, sidecar.faults)) + 1} times in all`,
        );
      }),
  );
}

test(
  'PID 1 of its container is asked to end: the kubelet starts another, and the disk only stalls until then',
  {
    skip,
  },
  (t) =>
    work.act(t, async () => {
      const before = await restartsOf(work, sidecar.faults);
      const kill = async (): Promise<void> => void (await inContainer(work, sidecar.faults, 'kill 1'));
      const load = await dieUnderLoad(t, work, { times: containerDeaths, kill });
      await assertUnnoticed(t, work, load);
      assert.equal((await restartsOf(work, sidecar.faults)) - before, containerDeaths);
    }),
);
