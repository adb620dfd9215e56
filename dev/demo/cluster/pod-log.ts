/** The log of a container, followed through its restarts and those of its pod. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { programPath } from '../../cluster/binaries.js';

export interface PodLogOptions {
  readonly kubeconfig: string;
  readonly pod: string;
  readonly container: string;
  readonly onLine: (line: string) => void;
}

export interface PodLog {
  close(): Promise<void>;
}

const betweenMs = 500;

export function followLog(options: PodLogOptions): PodLog {
  const stopping = new AbortController();
  const { signal } = stopping;
  const news = newLines(options.onLine);
  const following = (async () => {
    while (!signal.aborted) {
      await followOnce(options, news, signal);
      await wait(betweenMs, undefined, { signal }).catch(() => undefined);
    }
  })();
  return {
    close: async () => {
      stopping.abort();
      await following;
    },
  };
}

/** Until the container ends, or the pod. */
async function followOnce(
  { kubeconfig, pod, container }: PodLogOptions,
  onLine: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const args = [`--kubeconfig=${kubeconfig}`, 'logs', '--follow', '--timestamps', pod, '-c', container];
  const child: ChildProcess = spawn(programPath('kubectl'), args, { stdio: ['ignore', 'pipe', 'ignore'] });
  const end = (): void => void child.kill('SIGKILL');
  signal.addEventListener('abort', end);
  if (child.stdout) createInterface({ input: child.stdout }).on('line', onLine);
  await once(child, 'close').finally(() => signal.removeEventListener('abort', end));
}

/** Who comes back to a container that has not started again is told its old log once more: each line goes on once. */
export function newLines(onLine: (line: string) => void): (stamped: string) => void {
  let last = '';
  return (stamped) => {
    const [, time = '', line = ''] = /^(\S+)Z (.*)$/.exec(stamped) ?? [];
    if (time <= last) return;
    last = time;
    onLine(line);
  };
}
