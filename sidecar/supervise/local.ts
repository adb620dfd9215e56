/**
 * The sidecar around processes of this machine, without Kubernetes.
 *
 *     this process ─ IPC ─► supervisor ─┬─► holder   mounts, and must not die
 *                                       └─► proxy    serves, and is started again when it dies
 *
 * The supervisor is a process of its own, so that this one may use the volumes as it likes: a thread that waits
 * for a file of a volume cannot start the fault proxy that would answer it.
 */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { HavocError, readError } from '../../core/havoc-error.js';
import { exitOf } from './child.js';
import type { LocalOptions, Sidecar } from './local/local-options.js';
import { type SupervisorMessage, stopSidecar } from './local/supervisor-message.js';
import { supervisorTimeouts } from './timeouts.js';

const program = fileURLToPath(new URL('./local/main.js', import.meta.url));
type Ready = Extract<SupervisorMessage, { event: 'ready' }>;

/** Resolves when the volumes are mounted and the control endpoint answers. Rejects with a HavocError, leaving nothing. */
export async function startSidecar({ onLog, ...options }: LocalOptions): Promise<Sidecar> {
  const child = fork(program, [JSON.stringify(options)], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    detached: true,
  });
  const gone = exitOf(child);
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
  void gone.then(() => {
    if (!closing) fail(new HavocError('supervisor.died', 'the supervisor of the sidecar ended'));
  });

  const close = async (): Promise<void> => {
    if (child.connected) child.send(stopSidecar, () => {});
    const timer = setTimeout(() => child.kill('SIGKILL'), supervisorTimeouts.stopSupervisorMs);
    await gone;
    clearTimeout(timer);
  };
  try {
    const facts = await Promise.race([ready, failed]);
    proxyPid ||= facts.proxyPid;
    return {
      ...facts,
      proxyPid: () => proxyPid,
      failed,
      close: () => {
        closing ??= close();
        return closing;
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}
