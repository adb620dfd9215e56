/** Databases of this machine as pods: each test's servers have ports of their own, and so each is asked by itself. */
import { type Clock, systemClock } from '../../../../../../core/clock.js';
import type { RoleDatabaseKind } from '../../../../../../experiment/file/role.js';
import type { DatabaseAddress } from '../../../../../../experiment/worlds/kubernetes/roles/ask/address.js';
import { askRoles } from '../../../../../../experiment/worlds/kubernetes/roles/ask/ask-roles.js';
import {
  type PodRole,
  type RoleReading,
  readingOf,
} from '../../../../../../experiment/worlds/kubernetes/roles/role.js';
import { settled } from '../../../../../../experiment/worlds/kubernetes/roles/settled.js';
import { pod } from '../pods.js';

export interface Asked {
  readonly kind: RoleDatabaseKind;
  readonly at?: Partial<DatabaseAddress>;
  readonly clock?: Clock;
}

/** On a busy machine an answer may take longer than the product waits, which is not what these tests are about. */
export const patientClock: Clock = { ...systemClock, after: (ms, run) => systemClock.after(ms * 20, run) };

const plain = { user: null, password: null, database: 'postgres', tls: null };

export async function askedPod(
  name: string,
  port: number,
  { kind, at = {}, clock = patientClock }: Asked,
): Promise<PodRole> {
  const { host = '127.0.0.1', ...more } = at;
  const roles = await askRoles([{ ...pod(name), address: host }], kind, {
    clock,
    signal: new AbortController().signal,
    at: { ...plain, port, ...more },
  });
  return roles.get(name) ?? { kind: 'unknown', why: 'not asked' };
}

/** `ports` by the names of the pods. */
export async function asked(ports: Readonly<Record<string, number>>, how: Asked): Promise<RoleReading> {
  const roles = await Promise.all(
    Object.entries(ports).map(async ([name, port]) => [name, await askedPod(name, port, how)] as const),
  );
  return readingOf({ pods: new Map(roles), way: 'asked', remarks: [] });
}

export const whyOf = (role: PodRole | undefined): string =>
  role === undefined ? 'not there' : role.kind === 'unknown' ? role.why : role.seen;

/** Null: it has settled. */
export function unsettled(reading: RoleReading): string | null {
  const result = settled(reading);
  return result.kind === 'settled' ? null : result.why;
}
