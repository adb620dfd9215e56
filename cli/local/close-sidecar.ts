/** Unmounts and ends everything: kindly, and firmly when that takes too long or somebody insists. */
import { spawnSync } from 'node:child_process';
import { HavocError } from '../../sidecar/havoc-error.js';
import type { Sidecar } from '../../sidecar/local/local-options.js';
import type { Console } from '../console.js';
import type { LocalPlan } from './local-plan.js';
import type { SignalInbox } from './signal-inbox.js';

/** Longer than the sidecar gives itself. */
const closeMs = 25_000;

export interface CloseOptions {
  readonly plan: LocalPlan;
  readonly inbox: SignalInbox;
  readonly console: Console;
}

/** Rejects with `sidecar.close-forced` when it came to that. */
export async function closeSidecar(sidecar: Sidecar, { plan, inbox, console }: CloseOptions): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const impatience = new Promise<'forced'>((resolve) => {
    timer = setTimeout(resolve, closeMs, 'forced');
    inbox.listener = () => {
      console.err.line('havock8s: ending; once more kills what is left');
      inbox.listener = () => resolve('forced');
    };
  });
  try {
    const outcome = await Promise.race([sidecar.close(), impatience]);
    if (outcome === 'forced') force(sidecar, plan);
  } finally {
    clearTimeout(timer);
  }
}

function force(sidecar: Sidecar, { disks }: LocalPlan): never {
  for (const pid of [sidecar.holderPid, sidecar.planePid()]) kill(pid);
  for (const { mountpoint } of disks)
    spawnSync('umount', ['--lazy', mountpoint], { stdio: 'ignore', timeout: 5000 });
  throw new HavocError('sidecar.close-forced', 'the sidecar did not end by itself, and was killed');
}

function kill(pid: number): void {
  try {
    if (pid > 0) process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
