/** A database's process, killed: as a machine that loses its power ends it. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** Resolves once it is gone; at once where it is already, or there is none. */
export async function killed(server: ChildProcess | null): Promise<void> {
  if (server === null || server.exitCode !== null || server.signalCode !== null) return;
  const gone = once(server, 'exit');
  server.kill('SIGKILL');
  await gone;
}
