/** psql inside a pod's own container, by its socket: the network is not in the way. */
import type { Environment } from '../environment.js';

/** Rows, a line each, fields parted by `|`. */
export async function psql(environment: Environment, pod: string, sql: string): Promise<string> {
  const flags = ['--no-psqlrc', '--tuples-only', '--no-align', '--quiet', '--set=ON_ERROR_STOP=1'];
  return (await environment.exec(pod, 'postgres', ['psql', ...flags, '--command', sql])).trim();
}
