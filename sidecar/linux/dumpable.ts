/**
 * prctl(2): whoever shares our user, but lacks CAP_SYS_PTRACE, can no longer look into this process by /proc/PID/root, fd or
 * mem. What a process finds below /proc/self stays as it is for itself. Each program does so for itself: execve(2) takes
 * it back.
 */
import { libc } from './libc.js';

const PR_SET_DUMPABLE = 4;

export function hideFromOthers(): void {
  libc.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}
