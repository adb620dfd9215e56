/** Deaths of the sidecars' processes while clients are at work, and what of it may be noticed. */
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { eventually } from '../eventually.js';
import { type AtWork, loopback } from './at-work.js';
import { diskComplaints } from './database.js';
import { container } from './database-set.js';
import type { Load } from './load.js';
import { processName } from './pod-processes.js';

export const boundMs = 180_000;

export interface Deaths {
  readonly times: number;
  readonly kill: () => Promise<void>;
}

/** Each time when the one before is made good, and there is load. */
export async function dieUnderLoad(t: TestContext, work: AtWork, { times, kill }: Deaths): Promise<Load> {
  const { processes } = work.at;
  await work.begin();
  const downMs: number[] = [];
  for (let death = 0; death < times; death++) {
    await untilStandby(work);
    const old = processes.one(processName.faultProxy).pid;
    const killed = performance.now();
    await kill();
    const isReplaced = async (): Promise<boolean | string> => {
      const [faultProxy] = processes.called(processName.faultProxy);
      return (faultProxy !== undefined && faultProxy.pid !== old) || processes.tell();
    };
    await eventually('another fault proxy serves', isReplaced, { boundMs });
    downMs.push(performance.now() - killed);
    await work.goesOn(boundMs);
  }
  t.diagnostic(
    `${times} deaths; another fault proxy after ${downMs.map((ms) => ms.toFixed(0)).join(', ')} ms`,
  );
  return work.end(t);
}

export const untilStandby = (work: AtWork): Promise<void> =>
  eventually('a standby is there', async () => work.at.processes.called(processName.standby).length === 1, {
    boundMs,
  });

/** Nothing failed by the loopback, PostgreSQL never restarted, and never complained of its disk. */
export async function assertUnnoticed(t: TestContext, work: AtWork, load: Load): Promise<void> {
  await work.assertKept(t);
  const failed = load.ways[loopback]?.filter(({ outcome }) => outcome !== 'acknowledged') ?? [];
  const log = await work.database.log();
  const noticed = { complaints: diskComplaints(log), restarts: await restartsOf(work, container), failed };
  if (failed.length > 0)
    t.diagnostic(`the end of PostgreSQL's log:\n${log.split('\n').slice(-60).join('\n')}`);
  assert.deepEqual(noticed, { complaints: [], restarts: 0, failed: [] });
}

export async function restartsOf({ environment, database }: AtWork, name: string): Promise<number> {
  const path = `{.status.containerStatuses[?(@.name=="${name}")].restartCount}{.status.initContainerStatuses[?(@.name=="${name}")].restartCount}`;
  return Number(await environment.succeed(['get', 'pod', database.pod, `--output=jsonpath=${path}`]));
}

/** In a container of the pod; what it wrote. */
export const inContainer = (
  { environment, database }: AtWork,
  name: string,
  script: string,
): Promise<string> => environment.exec(database.pod, name, ['sh', '-c', script]);
