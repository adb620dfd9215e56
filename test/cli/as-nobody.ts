/**
 * Programs run by a user without root: `nobody`, in a mount namespace where /dev/fuse is a node of the test's own.
 * The machine's node keeps its mode, and the clone may lie where nobody could read it.
 */
import { spawnSync } from 'node:child_process';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { lastFirst } from './last-first.js';
import { onTerminal } from './on-terminal.js';
import { type Running, spawnProgram } from './run-cli.js';
import { temporaryFolders } from './temporary-folders.js';

export interface NobodyOptions {
  /** Of the node that stands for /dev/fuse. */
  readonly fuseMode?: string;
  /** What runs `havock8s` with the words, given as its last arguments. */
  readonly through?: readonly string[];
  /** On a terminal of its own. */
  readonly terminal?: boolean;
}

/** It starts in a folder of its own, where there are `real` and `disk`. */
export function asNobody(t: TestContext, words: readonly string[], options: NobodyOptions = {}): Running {
  const { fuseMode = '666', through = [], terminal = false } = options;
  const stage = temporaryFolders(t);
  lastFirst(t, () => spawnSync('umount', ['--lazy', '--recursive', stage], { stdio: 'ignore' }));
  const clone = fileURLToPath(new URL('../../..', import.meta.url));
  const havock8s = [...through, `${stage}/node`, `${stage}/clone/build/cli/main.js`, ...words];
  const command = terminal ? onTerminal(havock8s) : havock8s;
  return spawnProgram(t, [
    'unshare',
    '--mount',
    'sh',
    '-euc',
    script,
    stage,
    clone,
    process.execPath,
    fuseMode,
    ...command,
  ]);
}

/** Becomes its last words. $0 is the stage: a file system in memory that only this namespace sees. */
const script = `
  clone=$1 node=$2 mode=$3; shift 3
  mount -t tmpfs -o mode=755,dev stage "$0"
  mknod -m "$mode" "$0/fuse" c 10 229
  mount --bind "$0/fuse" /dev/fuse
  mkdir "$0/clone" "$0/home" "$0/home/real" "$0/home/disk"
  mount --bind "$clone" "$0/clone"
  touch "$0/node"
  mount --bind "$node" "$0/node"
  chown -R 65534:65534 "$0/home"
  cd "$0/home"
  TMPDIR=$0/home HOME=$0/home exec setpriv --reuid 65534 --regid 65534 --clear-groups -- "$@"
`;
