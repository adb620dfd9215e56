/** The roles of the pods of one target, as its file says that they are learnt, with the secrets that it names. */
import type { Clock } from '../../../core/clock.js';
import { messageOf } from '../../../core/havoc-error.js';
import type { KubeApi } from '../../../kube/kube-api.js';
import type { RoleDatabaseKind, RoleSpec } from '../../file/role.js';
import type { ReadSecret } from '../../secret.js';
import type { PodView } from './pod-view.js';
import { addressOf, type RoleSecrets } from './roles/by-database.js';
import { askMembers, type VoterKind } from './roles/quorum/ask-members.js';
import type { VotersAsked } from './roles/quorum/voters-asked.js';
import { readRoles } from './roles/read-roles.js';
import { type RoleReading, readingOf, sameForAll, unknownRole } from './roles/role.js';
import type { RolePod } from './roles/role-pod.js';
import { settled } from './roles/settled.js';

export interface TargetRolesOptions {
  readonly api: KubeApi;
  readonly clock: Clock;
  readonly namespace: string;
  readonly secret: ReadSecret;
}

const readMs = 4000;

/** Never rejects: what could not be learnt is `unknown`, with the reason. */
export async function rolesOf(
  role: RoleSpec,
  pods: readonly PodView[],
  { api, clock, namespace, secret }: TargetRolesOptions,
): Promise<RoleReading> {
  const asked = askedPods(pods);
  try {
    const secrets = await secretsFor(role, secret);
    return await readRoles(
      { role, pods: asked, namespace, secrets },
      { api, clock, signal: AbortSignal.timeout(readMs) },
    );
  } catch (error) {
    const names = pods.map(({ name }) => name);
    return readingOf({
      pods: sameForAll(names, unknownRole(messageOf(error))),
      way: 'no way',
      remarks: [],
    });
  }
}

/** Is there one primary that takes writes, and is everybody else a replica? Asked of the databases themselves, where the file says how. */
export async function isSettled(
  role: RoleSpec,
  pods: readonly PodView[],
  options: TargetRolesOptions,
): Promise<boolean> {
  if (role.database === undefined) return (await rolesOf(role, pods, options)).state.kind === 'one';
  const { preset: _, label: __, ...rest } = role;
  return settled(await rolesOf({ ...rest, by: 'database' }, pods, options)).kind === 'settled';
}

/** Who votes in the database of a target, asked as its role is; null where the file does not say how, or nobody votes there. Never rejects. */
export async function votersOf(
  { database }: RoleSpec,
  pods: readonly PodView[],
  { clock, secret }: TargetRolesOptions,
): Promise<VotersAsked | null> {
  if (database === undefined || !hasVoters(database.kind)) return null;
  try {
    const at = addressOf(database, await secretsFor({ database }, secret));
    return await askMembers[database.kind](askedPods(pods), {
      ...{ clock, at, signal: AbortSignal.timeout(readMs) },
    });
  } catch (error) {
    return { kind: 'unknown', why: messageOf(error) };
  }
}

const hasVoters = (kind: string): kind is RoleDatabaseKind & VoterKind => kind in askMembers;

const askedPods = (pods: readonly PodView[]): readonly RolePod[] =>
  pods.map(({ name, labels, annotations, address }) => ({
    ...{ name, labels, annotations, address: address === '' ? null : address },
  }));

async function secretsFor(
  { database }: Pick<RoleSpec, 'database'>,
  secret: ReadSecret,
): Promise<RoleSecrets> {
  const read = async (of: { readonly name: string; readonly key: string } | undefined) =>
    of === undefined ? null : secret({ secret: of });
  const name = database?.tls?.clientSecret;
  return {
    password: await read(database?.passwordSecret),
    ca: await read(database?.tls?.caSecret),
    client:
      name === undefined
        ? null
        : {
            cert: await secret({ secret: { name, key: 'tls.crt' } }),
            key: await secret({ secret: { name, key: 'tls.key' } }),
          },
  };
}
