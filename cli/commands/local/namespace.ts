/**
 * Without root: havock8s again, within a user and a mount namespace of its own, where this user may mount. The user
 * stays who they are, so that a database that refuses to run as root runs.
 *
 *     havock8s ── unshare ── havock8s (the same user, who may mount here) ── holder, proxy, COMMAND
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { HavocError } from '../../../core/havoc-error.js';
import { exitCode } from '../../exit-code.js';
import { SignalInbox } from './signal-inbox.js';

/** Set for the inner process alone; COMMAND never sees it. */
export const namespaceVariable = 'HAVOCK8S_NAMESPACE';

export const isInNamespace = (env: NodeJS.ProcessEnv): boolean => env[namespaceVariable] === '1';

const unshareArguments = ['--user', '--mount', '--map-current-user', '--keep-caps', '--'];

/** Resolves with the exit code once the inner process has ended. */
export async function runInNamespace(argv: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const inner = spawn('unshare', [...unshareArguments, process.execPath, ...process.execArgv, ...argv], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...env, [namespaceVariable]: '1' },
  });
  const inbox = new SignalInbox((signal) => {
    if (inner.connected) inner.send(signal, () => {});
  });
  try {
    const [code, signal] = (await once(inner, 'exit')) as [number | null, NodeJS.Signals | null];
    return code ?? exitCode.signalled + (signal === null ? 0 : constants.signals[signal]);
  } finally {
    inbox.close();
  }
}

/** Throws `namespace.unshare-missing` or `namespace.refused`, saying what to do about it. */
export function checkNamespace(boundMs = 10_000): void {
  const { status, stderr, error } = spawnSync('unshare', [...unshareArguments, 'true'], {
    encoding: 'utf8',
    timeout: boundMs,
  });
  if (status === 0) return;
  if (error !== undefined && 'code' in error && error.code === 'ENOENT') {
    throw new HavocError(
      'namespace.unshare-missing',
      'unshare is missing: install util-linux, or run havock8s as root',
    );
  }
  throw new HavocError('namespace.refused', `${refusal()}\n${advice()}\n${stderr.trim()}`.trim());
}

const refusal = (): string =>
  process.getuid?.() === 0
    ? 'this root has not got CAP_SYS_ADMIN, and may not make a user namespace instead'
    : 'without root, havock8s mounts in a user namespace, and this system lets nobody make one';

function advice(): string {
  if (process.getuid?.() === 0) {
    return 'In a container: docker run --device /dev/fuse --cap-add SYS_ADMIN --security-opt apparmor=unconfined';
  }
  const causes = switches.filter(({ file, off }) => readSetting(file) === off);
  const commands = causes.map(({ setting }) => `sudo sysctl -w ${setting}`);
  return commands.length > 0
    ? `Allow it: ${commands.join('; ')}. Or run havock8s as root.`
    : 'Run havock8s as root, or where user namespaces are allowed.';
}

/** What turns user namespaces off: the kernel, Debian's patch of it, Ubuntu's AppArmor. */
const switches = [
  { file: '/proc/sys/user/max_user_namespaces', off: '0', setting: 'user.max_user_namespaces=10000' },
  {
    file: '/proc/sys/kernel/unprivileged_userns_clone',
    off: '0',
    setting: 'kernel.unprivileged_userns_clone=1',
  },
  {
    file: '/proc/sys/kernel/apparmor_restrict_unprivileged_userns',
    off: '1',
    setting: 'kernel.apparmor_restrict_unprivileged_userns=0',
  },
] as const;

function readSetting(file: string): string | null {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return null;
  }
}
