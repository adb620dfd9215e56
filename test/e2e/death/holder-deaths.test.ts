/** The container that holds the mounts dies under load, alone and with the other. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { sidecar } from '../../../core/pod-layout.js';
import { needsCluster } from '../cluster-at-hand.js';
import { eventually } from '../eventually.js';
import { AtWork, loopback } from './at-work.js';
import { withConnection } from './books.js';
import { container, volumePath } from './database-set.js';
import { assertUnnoticed, boundMs, inContainer, restartsOf, untilStandby } from './kills.js';
import { processName, signalAll } from './pod-processes.js';

const skip = needsCluster('own');

let work: AtWork;
before(async () => {
  if (skip === false) work = await AtWork.open({ name: 'holder-deaths' });
});
after(async () => {
  if (skip === false) await work.close();
});

async function untilHandedOver(): Promise<void> {
  const { environment, database } = work;
  const last = async (): Promise<boolean | string> => {
    const log = await environment.succeed([
      'logs',
      database.pod,
      `--container=${sidecar.faults}`,
      '--tail=20',
    ]);
    return log.lastIndexOf('"holder.found"') > log.lastIndexOf('"holder.lost"') || log.slice(-300);
  };
  await eventually('another holder has everything', last, { boundMs });
}

test('the holder is killed, and then the fault proxy: nobody notices either', { skip }, (t) =>
  work.act(t, async () => {
    const { processes, uid } = work.at;
    await work.begin();
    for (let times = 1; times <= 2; times++) {
      const old = processes.one(processName.holder).pid;
      const killed = performance.now();
      signalAll([processes.one(processName.holder)], 'SIGKILL');
      await work.goesOn(boundMs);
      const isBack = async (): Promise<boolean | string> => {
        const [holder] = processes.called(processName.holder);
        return (holder !== undefined && holder.pid !== old) || processes.tell();
      };
      await eventually('another holder runs', isBack, { boundMs });
      t.diagnostic(`another holder after ${((performance.now() - killed) / 1000).toFixed(1)} s`);
      await untilHandedOver();
      await untilStandby(work);
      signalAll([processes.one(processName.faultProxy)], 'SIGKILL');
      await work.goesOn(boundMs);
    }
    await assertUnnoticed(t, work, await work.end(t));
    assert.equal((await work.database.incarnation()).uid, uid);
  }),
);

test(
  'the holder is asked to end while the pod goes on: it stays, and a container that starts again finds its disk',
  {
    skip,
  },
  (t) =>
    work.act(t, async () => {
      await work.begin();
      const before = await restartsOf(work, sidecar.mount);
      await inContainer(work, sidecar.mount, 'kill 1');
      const stays = async (): Promise<boolean> =>
        (
          await work.environment.succeed(['logs', work.database.pod, `--container=${sidecar.mount}`])
        ).includes('"holder.stays"');
      await eventually('the holder says that it stays', stays, { boundMs });
      await work.goesOn(boundMs);
      await assertUnnoticed(t, work, await work.end(t));
      assert.equal(await restartsOf(work, sidecar.mount), before);
      await restartDatabase();
      await work.assertKept(t);
    }),
);

/** Its container, killed as by a crash of the machine's memory. */
async function restartDatabase(): Promise<void> {
  const restarts = await restartsOf(work, container);
  signalAll(work.at.processes.beside('postgres'), 'SIGKILL');
  const isAnother = async (): Promise<boolean> => (await restartsOf(work, container)) > restarts;
  await eventually('its container starts again', isAnother, { boundMs });
  await untilAnswers();
}

const untilAnswers = (): Promise<void> =>
  eventually(
    'PostgreSQL answers',
    () =>
      withConnection(work.address(loopback), async (connection) => {
        const { rowCount } = await connection.query('SELECT 1');
        return rowCount === 1;
      }).catch(String),
    { boundMs },
  );

test(
  'both are killed at once: the volume is at its path again, with all that was acknowledged, in the same pod',
  {
    skip,
  },
  (t) =>
    work.act(t, async () => {
      const { processes, uid } = work.at;
      const bystanders = `cd ${volumePath}/bystanders && find . -type f | sort | xargs sha256sum | sha256sum`;
      const whole = await inContainer(work, container, bystanders);
      await work.begin();
      const killed = performance.now();
      signalAll(
        [...processes.beside(processName.holder), ...processes.beside(processName.faultProxy)],
        'SIGKILL',
      );
      const isThere = async (): Promise<boolean | string> =>
        (await inContainer(work, container, bystanders).catch(String)) === whole;
      await eventually('the volume is at its path', isThere, { boundMs });
      t.diagnostic(`the volume is at its path after ${((performance.now() - killed) / 1000).toFixed(1)} s`);
      await untilAnswers();
      t.diagnostic(`PostgreSQL answers after ${((performance.now() - killed) / 1000).toFixed(1)} s`);
      await work.breakOff(t);
      await work.enter();
      await work.assertKept(t);
      assert.equal((await work.database.incarnation()).uid, uid);
      t.diagnostic(
        `PostgreSQL's container was started ${(await restartsOf(work, container)) + 1} times in all`,
      );
    }),
);
