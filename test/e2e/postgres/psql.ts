/** psql inside a pod's own container, by its socket: the network is not in the way. */
import type { Scene } from '../scene.js';

/** Rows, a line each, fields parted by `|`. */
export async function psql(scene: Scene, pod: string, sql: string): Promise<string> {
  const flags = ['--no-psqlrc', '--tuples-only', '--no-align', '--quiet', '--set=ON_ERROR_STOP=1'];
  return (await scene.exec(pod, 'postgres', ['psql', ...flags, '--command', sql])).trim();
}
