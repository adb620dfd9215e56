/** Unmounts and ends everything: kindly, and firmly when that takes too long or somebody insists. */
import { HavocError } from '../../../core/havoc-error.js';
import type { Sidecar } from '../../../sidecar/supervise/local/local-options.js';
import type { Console } from '../../terminal/console.js';
import { unmountLeft } from './left-mounts.js';
import type { SignalInbox } from './signal-inbox.js';
import { closeMs } from './timeouts.js';

export interface CloseOptions {
  readonly inbox: SignalInbox;
  readonly console: Console;
}

/** Rejects with `sidecar.close-forced` when it came to that. */
export async function closeSidecar(sidecar: Sidecar, { inbox, console }: CloseOptions): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const impatience = new Promise<'forced'>((resolve) => {
    timer = setTimeout(resolve, closeMs, 'forced');
    inbox.listener = () => {
      console.err.line('havock8s: ending; once more kills what is left');
      inbox.listener = () => resolve('forced');
    };
  });
  try {
    const closed = sidecar.close();
    if ((await Promise.race([closed, impatience])) !== 'forced') return;
    // With both of them gone, whoever watches over them ends, or is ended, within its own bound.
    for (const pid of [sidecar.holderPid ?? 0, sidecar.proxyPid()]) kill(pid);
    await closed;
    throw new HavocError('sidecar.close-forced', 'the sidecar did not end by itself, and was killed');
  } finally {
    clearTimeout(timer);
    unmountLeft(sidecar.mounts);
  }
}

function kill(pid: number): void {
  try {
    if (pid > 0) process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
