/** Bounds of the engine that no file sets. */
const second = 1000;

export const limits = {
  /** So long a fault may be seen armed after its end, or the world may not be asked, before the step has failed. */
  overdueMs: 10 * second,
  /** Who ends a fault by its own clock is not to the millisecond where we are. */
  earlyMs: 250,
  /** So long after everything was to be off it is waited for that the world says so. */
  faultsOffMs: 30 * second,
  /** So long a process may take to be gone after a signal that ends it. */
  goneMs: 30 * second,
  /** The ledger writes for so long before the first fault: the baseline. */
  baselineMs: 3 * second,
  /** So long the command may take to be killed before that, and to be started again. */
  crashMs: 110 * second,
  /** So long the ledger may take to be read back. */
  readBackMs: 120 * second,
  /** How often the world is looked at while something is awaited of it. */
  lookMs: 100,
  /** A fault that was asked for, or its end, is asked for again after so long, where the world does not show it. */
  againMs: second,
  /** Nothing of a probe with `abort` can be measured, so many times one after another. */
  unlearnedInARow: 3,
  /** Recovery is given up after so many times the objective. */
  recoveryPatience: 3,
} as const;
