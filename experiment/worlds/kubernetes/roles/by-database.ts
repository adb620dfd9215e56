/** Roles as the database itself has them, asked of each pod. */
import type { Clock } from '../../../../core/clock.js';
import type { RoleDatabase } from '../../../file/role.js';
import type { DatabaseAddress, Trust } from './ask/address.js';
import { askRoles, roleDatabases } from './ask/ask-roles.js';
import type { RoleAnswer } from './role.js';
import type { RolePod } from './role-pod.js';

/** What the Secrets hold that the target's `role.database` names; null where it names none. */
export interface RoleSecrets {
  readonly password: string | null;
  readonly ca: string | null;
  readonly client: Trust['client'];
}

export interface DatabaseAsking {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly secrets: RoleSecrets;
}

/** Never rejects. */
export async function rolesByDatabase(
  pods: readonly RolePod[],
  database: RoleDatabase,
  asking: DatabaseAsking,
): Promise<RoleAnswer> {
  const at = addressOf(database, asking.secrets);
  return {
    pods: await askRoles(pods, database.kind, { ...asking, at }),
    way: `${roleDatabases[database.kind].name}, asked of each pod at port ${at.port}`,
    remarks: [],
  };
}

/** Of all pods: only the host is each one's own. */
export function addressOf(
  { kind, port, user, database, tls }: RoleDatabase,
  { password, ca, client }: RoleSecrets,
): Omit<DatabaseAddress, 'host'> {
  const trust = tls && {
    ca,
    client,
    serverName: tls.serverName ?? null,
    insecureSkipVerify: tls.insecureSkipVerify,
  };
  return {
    port: port ?? roleDatabases[kind].port,
    user: user ?? null,
    password,
    database: database ?? 'postgres',
    tls: trust ?? null,
  };
}
