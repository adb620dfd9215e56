/** What is done in the demo, one after another; each is a line of kubectl that anybody can type, and says what it proved. */
import { setTimeout as wait } from 'node:timers/promises';
import type { Databases } from './databases.js';
import { hitWords } from './hit-words.js';
import { container, primary, replica } from './names.js';
import { deleteFrozen } from './pod-deletion.js';
import { annotating, type PodSidecar } from './pod-sidecar.js';
import { bytesBehind, untilLevel } from './replication.js';

export interface Step {
  /** What a person would call it. */
  readonly title: string;
  /** Null where it is no fault. */
  readonly sentence: string | null;
  /** Is it among the few for who is in a hurry? */
  readonly isQuick: boolean;
  /** Resolves with what it proved, in words. */
  readonly play: (stage: Stage) => Promise<string>;
}

export interface Stage {
  readonly sidecar: PodSidecar;
  readonly databases: Databases;
  readonly signal: AbortSignal;
}

const levelMs = 60_000;
const kills = 3;
const betweenKillsMs = 2000;

const oldRows = 'select count(*) from archive';

export const steps: readonly Step[] = [
  fault('slow fsync', 'disk latency 60ms jitter 20ms on fsync in pg_wal/**', 7),
  fault('EIO', 'disk error EIO on read in base/*/[0-9]* chance 20%', 6, {
    meanwhile: ({ sidecar }) => sidecar.kubectl.attempt(asking(oldRows)),
  }),
  fault('full', 'disk full after 128Ki', 6),
  fault('freeze', 'disk freeze for 4s', 4.5, { isQuick: true }),
  cutOff(fault('cut off', `tcp partition with ${replica} for 6s`, 6.2, { isQuick: true })),
  { title: 'SIGKILL', sentence: null, isQuick: false, play: killProxy },
  { title: 'deleted', sentence: null, isQuick: true, play: ({ sidecar }) => deleteFrozen(sidecar) },
];

/** More than shared_buffers hold, so that whoever looks for old rows reads the disk. */
export const makeOldRows = (kubectl: PodSidecar['kubectl']): Promise<string> =>
  kubectl.type(
    asking(
      'create table archive as select id, repeat(md5(id::text), 13) as body from generate_series(1, 60000) as id',
    ),
  );

const asking = (query: string): readonly string[] => [
  ...['exec', primary, '-c', container, '--'],
  ...['psql', '--username=postgres', '--command', query],
];

interface More {
  readonly isQuick?: boolean;
  readonly meanwhile?: (stage: Stage) => Promise<unknown>;
}

export function faultName({ title }: Pick<Step, 'title'>): string {
  return title.toLowerCase().replace(' ', '-');
}

function fault(
  title: string,
  sentence: string,
  forS: number,
  { isQuick = false, meanwhile = async () => {} }: More = {},
): Step {
  const name = faultName({ title });
  const play = async (stage: Stage): Promise<string> => {
    const { sidecar, signal } = stage;
    const { kubectl, pod } = sidecar;
    await kubectl.succeed(annotating(pod, name, sentence));
    await Promise.all([meanwhile(stage), wait(forS * 1000, undefined, { signal })]);
    const proof = hitWords(await sidecar.fault(name));
    await kubectl.succeed(annotating(pod, name, null));
    return proof;
  };
  return { title, sentence, isQuick, play };
}

function cutOff(step: Step): Step {
  return {
    ...step,
    play: async (stage) => {
      const proof = await step.play(stage);
      const behind = (await bytesBehind(stage.databases)) ?? 0;
      const tookMs = await untilLevel(stage.databases, levelMs);
      const level = tookMs === null ? 'not level yet' : `level in ${(tookMs / 1000).toFixed(1)} s`;
      return `${proof}; replica ${(behind / 1e6).toFixed(1)} MB behind, ${level}`;
    },
  };
}

async function killProxy({ sidecar, signal }: Stage): Promise<string> {
  for (let kill = 0; kill < kills; kill += 1) {
    await sidecar.killFaultProxy();
    await wait(betweenKillsMs, undefined, { signal });
  }
  return `started again ${await sidecar.restarts()} times`;
}
