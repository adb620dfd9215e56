/** The roles of a database's pods as they are now, read as the controller reads them. */
import { systemClock } from '../../../core/clock.js';
import { roleSchema } from '../../../experiment/file/role.js';
import { readRoles } from '../../../experiment/worlds/kubernetes/roles/read-roles.js';
import type { RoleReading } from '../../../experiment/worlds/kubernetes/roles/role.js';
import { rolePodOf } from '../../../experiment/worlds/kubernetes/roles/role-pod.js';
import { connect } from '../../../kube/connect.js';
import { resources } from '../../../kube/resources.js';
import type { Environment } from '../environment.js';

export interface RolesWanted {
  readonly labelSelector: string;
  readonly role: object;
  readonly password: string;
  /** Of this pod alone, at this machine. */
  readonly only?: string;
}

export async function rolesNow(environment: Environment, wanted: RolesWanted): Promise<RoleReading> {
  const { labelSelector, role, password, only } = wanted;
  const api = connect({ kubeconfig: environment.cluster.kubeconfig });
  const { namespace } = environment;
  const { items } = await api.list({ resource: resources.pods, namespace, labelSelector });
  const pods = items.map(rolePodOf);
  return readRoles(
    {
      role: roleSchema.parse({ is: 'primary', ...role }),
      pods:
        only === undefined
          ? pods
          : pods.filter(({ name }) => name === only).map((pod) => ({ ...pod, address: '127.0.0.1' })),
      namespace,
      secrets: { password, ca: null, client: null },
    },
    { api, clock: systemClock, signal: new AbortController().signal },
  );
}
