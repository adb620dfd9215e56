/** Every pod's database asked for its role, at the pod's own address: several at once, each within its time. */
import type { Clock } from '../../../../../core/clock.js';
import { messageOf } from '../../../../../core/havoc-error.js';
import { inTime } from '../../../../../core/sleep.js';
import type { RoleDatabaseKind } from '../../../../file/role.js';
import { roleLimits } from '../limits.js';
import { type PodRole, unknownRole } from '../role.js';
import type { RolePod } from '../role-pod.js';
import type { DatabaseAddress } from './address.js';
import { askEtcd } from './etcd.js';
import { askMongodb } from './mongodb.js';
import { askMysql } from './mysql.js';
import { askPostgres } from './postgres.js';
import { askRedis } from './redis.js';

export interface Asker<T> {
  /** Who is asked, as people call it. */
  readonly name: string;
  readonly ask: (at: DatabaseAddress, signal: AbortSignal) => Promise<T>;
  /** Loads what it asks with, before the time of an answer begins. */
  readonly load?: () => Promise<unknown>;
}

interface Database extends Asker<PodRole> {
  readonly port: number;
}

export const roleDatabases: Readonly<Record<RoleDatabaseKind, Database>> = {
  postgres: { name: 'PostgreSQL', port: 5432, ask: askPostgres, load: () => import('pg') },
  mysql: { name: 'MySQL', port: 3306, ask: askMysql, load: () => import('mysql2/promise') },
  redis: { name: 'Redis', port: 6379, ask: askRedis, load: () => import('@redis/client') },
  etcd: { name: 'etcd', port: 2379, ask: askEtcd },
  mongodb: { name: 'MongoDB', port: 27_017, ask: askMongodb, load: () => import('bson') },
};

export interface EachPod {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** The same for all pods but for the address. */
  readonly at: Omit<DatabaseAddress, 'host'>;
}

/** Never rejects. */
export async function askRoles(
  pods: readonly RolePod[],
  kind: RoleDatabaseKind,
  options: EachPod,
): Promise<ReadonlyMap<string, PodRole>> {
  const answers = await askPods(pods, roleDatabases[kind], options);
  return new Map(
    answers.map(({ pod, answer, why }) => [pod.name, answer ?? unknownRole(why ?? 'it said nothing')]),
  );
}

export interface PodAnswer<T> {
  readonly pod: RolePod;
  /** Null where there is none, and then `why`. */
  readonly answer: T | null;
  readonly why: string | null;
}

/** Never rejects; takes at most so long for each round of `atOnce` pods. The answers are in the order of the pods. */
export async function askPods<T>(
  pods: readonly RolePod[],
  asker: Asker<T>,
  options: EachPod,
): Promise<readonly PodAnswer<T>[]> {
  await asker.load?.();
  const answers: PodAnswer<T>[] = [];
  const left = pods.entries();
  const worker = async (): Promise<void> => {
    for (const [index, pod] of left) answers[index] = await answerOf(pod, asker, options);
  };
  await Promise.all(Array.from({ length: Math.min(roleLimits.atOnce, pods.length) }, worker));
  return answers;
}

async function answerOf<T>(
  pod: RolePod,
  { ask, name }: Asker<T>,
  { at, clock, signal }: EachPod,
): Promise<PodAnswer<T>> {
  if (pod.address === null) return { pod, answer: null, why: 'it has no address' };
  const late = new AbortController();
  const silence = `${name} did not answer within ${roleLimits.answerMs} ms`;
  const own = AbortSignal.any([signal, late.signal]);
  try {
    const answer = await inTime(ask({ ...at, host: pod.address }, own), {
      ms: roleLimits.answerMs,
      clock,
      late: () => {
        late.abort();
        throw new Error(silence);
      },
    });
    return { pod, answer, why: null };
  } catch (error) {
    return { pod, answer: null, why: late.signal.aborted ? silence : messageOf(error) };
  }
}
