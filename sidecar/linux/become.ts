/** execve(2), which Node does not offer: this process becomes another program, and stays PID 1 of its container. */
import koffi from 'koffi';
import { HavocError } from '../../core/havoc-error.js';
import { errnoName } from './errno.js';
import { errno, libc } from './libc.js';

const F_SETFD = 2;
const standard = [0, 1, 2] as const;

type Execve = (path: string, words: readonly (string | null)[], env: readonly (string | null)[]) => number;

const execve = koffi
  .load(null)
  .func('int execve(const char *path, const char **words, const char **env)') as unknown as Execve;

/** Returns only by throwing `sidecar.not-executed`. Everything but the three standard descriptors is closed. */
export function become(path: string, args: readonly string[], env: NodeJS.ProcessEnv): never {
  // Node marks these too to be closed.
  for (const fd of standard) libc.fcntl(fd, F_SETFD, 0);
  const variables = Object.entries(env).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${value}`],
  );
  execve(path, [path, ...args, null], [...variables, null]);
  throw new HavocError('sidecar.not-executed', `cannot execute ${path}: ${errnoName(errno())}`);
}
