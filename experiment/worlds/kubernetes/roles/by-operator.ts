/** Roles as an operator's own object has them. */
import type { Clock } from '../../../../core/clock.js';
import { messageOf } from '../../../../core/havoc-error.js';
import type { KubeApi } from '../../../../kube/kube-api.js';
import type { KubeObject } from '../../../../kube/kube-object.js';
import { type OperatorObject, operatorObjects } from './operator-objects.js';
import { type PodRole, type RoleAnswer, sameForAll, unknownRole } from './role.js';
import type { RolePod } from './role-pod.js';

export interface OperatorAsking {
  readonly api: Pick<KubeApi, 'get'>;
  readonly namespace: string;
  readonly clock: Clock;
}

/** Null where none of the pods belongs to an operator whose objects havock8s reads. Never rejects. */
export async function rolesByOperator(
  pods: readonly RolePod[],
  asking: OperatorAsking,
): Promise<RoleAnswer | null> {
  const refused: RoleAnswer[] = [];
  for (const kind of operatorObjects) {
    if (pods.every((pod) => kind.nameFor(pod) === null)) continue;
    try {
      const answer = await rolesBy(kind, pods, asking);
      if (answer !== null) return answer;
    } catch (error) {
      const why = unknownRole(`${kind.resource.kind} could not be read: ${messageOf(error)}`);
      refused.push({
        pods: sameForAll(
          pods.map(({ name }) => name),
          why,
        ),
        way: wayOf(kind),
        remarks: [],
      });
    }
  }
  return refused[0] ?? null;
}

/** Null where none of its objects is there, or none says a word of roles. */
async function rolesBy(
  kind: OperatorObject,
  pods: readonly RolePod[],
  { api, namespace, clock }: OperatorAsking,
): Promise<RoleAnswer | null> {
  const objects = new Map<string, KubeObject | null>();
  for (const name of new Set(pods.flatMap((pod) => kind.nameFor(pod) ?? [])))
    objects.set(name, await api.get({ resource: kind.resource, namespace, name }));
  const roles = pods.map((pod): readonly [string, PodRole | null] => {
    const object = objects.get(kind.nameFor(pod) ?? '') ?? null;
    return [pod.name, object && kind.roleOf(pod, { object, nowMs: clock.wallMs() })];
  });
  if (roles.every(([, role]) => role === null)) return null;
  return {
    pods: new Map(roles.map(([name, role]) => [name, role ?? outside(kind)])),
    way: wayOf(kind),
    remarks: [],
  };
}

const outside = ({ name }: OperatorObject): PodRole => ({
  kind: 'none',
  from: 'operator',
  seen: `${name} does not name it`,
  isOther: false,
});

const wayOf = ({ name, resource }: OperatorObject): string => `${resource.kind} (${name})`;
