/** The bounds of `havock8s local`: of COMMAND, which it asks to end ever more firmly, and of its sidecar after that. */
import { supervisorTimeouts } from '../../../sidecar/supervise/timeouts.js';

export const stopTimes = {
  /** Two presses of Ctrl-C within this time mean the end. */
  againMs: 2000,
  interruptedMs: 10_000,
  terminatedMs: 30_000,
  killedMs: 5000,
} as const;

/** Longer than the sidecar takes to end, even where its supervisor has to be killed. */
export const closeMs = supervisorTimeouts.stopSupervisorMs + 5000;
