/**
 * Is this task being killed? The kernel interrupts a request for any signal, but a database that gets one
 * every second must not see EINTR from fsync. A signal that ends a process shows as SIGKILL pending in each
 * of its threads (proc_pid_status(5), SigPnd; complete_signal() in kernel/signal.c).
 */
import { readFileSync } from 'node:fs';

const SIGKILL_BIT = 1n << 8n;

/** `pid` as the kernel gave it: a thread's. A task that is gone is being killed too. */
export function isBeingKilled(pid: number): boolean {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'latin1');
    const pending = (name: string): bigint =>
      BigInt(`0x${new RegExp(`^${name}:\\s*([0-9a-f]+)`, 'm').exec(status)?.[1] ?? '0'}`);
    return ((pending('SigPnd') | pending('ShdPnd')) & SIGKILL_BIT) !== 0n;
  } catch {
    return true;
  }
}
