/**
 * The sidecar around processes of this machine, without Kubernetes.
 *
 *     this process ─ IPC ─► supervisor ─┬─► holder   mounts, and must not die
 *                                       └─► proxy    serves, and is started again when it dies
 *
 * The supervisor is a process of its own, so that this one may use the volumes as it likes: a thread that waits
 * for a file of a volume cannot start the fault proxy that would answer it.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { HavocError, readError } from '../../core/havoc-error.js';
import { exitOf } from './child.js';
import type { LocalOptions, Sidecar } from './local/local-options.js';
import { type SupervisorMessage, stopSidecar } from './local/supervisor-message.js';
import { supervisorTimeouts } from './timeouts.js';

const besideThis = fileURLToPath(new URL('./local/main.js', import.meta.url));
type Ready = Extract<SupervisorMessage, { event: 'ready' }>;

/**
 * Resolves when the volumes are mounted and the control endpoint answers. Rejects with a HavocError, leaving nothing.
 * `program` is the supervisor, and what it starts lies beside it.
 */
export async function startSidecar(
  { onLog, ...options }: LocalOptions,
  program = besideThis,
): Promise<Sidecar> {
  const child = fork(program, [JSON.stringify(options)], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    detached: true,
  });
  let proxyPid = 0;
  let closing: Promise<void> | null = null;

  let fail: (error: Error) => void = () => {};
  const failed = new Promise<never>((_, reject) => {
    fail = reject;
  });
  failed.catch(() => {});
  const ready = new Promise<Ready>((resolve) => {
    child.on('message', (raw) => {
      const message = raw as SupervisorMessage;
      if (message.event === 'log') onLog?.(message.line);
      if (message.event === 'proxy') proxyPid = message.pid;
      if (message.event === 'ready') resolve(message);
      if (message.event === 'failed') fail(readError(message));
    });
  });
  void exitOf(child).then(() => {
    if (!closing) fail(new HavocError('supervisor.died', 'the supervisor of the sidecar ended'));
  });

  try {
    const facts = await Promise.race([ready, failed]);
    proxyPid ||= facts.proxyPid;
    return {
      ...facts,
      proxyPid: () => proxyPid,
      failed,
      close: () => {
        closing ??= stopSupervisor(child);
        return closing;
      },
    };
  } catch (error) {
    await stopSupervisor(child);
    throw error;
  }
}

async function stopSupervisor(child: ChildProcess): Promise<void> {
  if (child.connected) child.send(stopSidecar, () => {});
  const timer = setTimeout(() => child.kill('SIGKILL'), supervisorTimeouts.stopSupervisorMs);
  await exitOf(child);
  clearTimeout(timer);
}
