/** The second process of a case, and what it can be asked to do: calls on the same files, under locks and offsets of its own. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { routines } from './other-process-main.js';

export type Routines = typeof routines;

export interface OtherProcess {
  readonly alive: boolean;
  /** What the routine returned, or the errno's name. */
  call<N extends keyof Routines>(name: N, ...args: Parameters<Routines[N]>): Promise<unknown>;
  /** Ends the process as SIGKILL does: nothing of its own cleans up. */
  kill(): Promise<void>;
}

interface Answer {
  readonly id: number;
  readonly value: unknown;
}

export function startOtherProcess(): OtherProcess {
  const child = fork(fileURLToPath(new URL('./other-process-main.js', import.meta.url)), {
    execArgv: [],
    serialization: 'advanced',
  });
  const waiting = new Map<number, (value: unknown) => void>();
  child.on('message', ({ id, value }: Answer) => {
    waiting.get(id)?.(value);
    waiting.delete(id);
  });
  child.on('exit', (_code, signal) => {
    for (const answer of waiting.values()) answer(signal ?? 'exited');
    waiting.clear();
  });
  let id = 0;
  return {
    get alive() {
      return child.connected;
    },
    call(name, ...args) {
      id += 1;
      const own = id;
      return new Promise((resolve) => {
        waiting.set(own, resolve);
        child.send({ id: own, name, args });
      });
    },
    kill: () => killed(child),
  };
}

async function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}
