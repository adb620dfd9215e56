/** What the exit code says. Stable: scripts switch on it. */
export const exitCode = {
  done: 0,
  failed: 1,
  /** The command line or a sentence is wrong; nothing was started. */
  badInput: 2,
  /** Nothing can be said: too little was seen. */
  unknown: 3,
  /** As env(1) and timeout(1) have it. */
  cannotExecute: 126,
  notFound: 127,
  /** Plus the signal's number, as a shell has it. */
  signalled: 128,
} as const;

export const exitCodeHelp = `
Exit codes:
  0  done
  1  it failed: nothing listens, no such fault, the sidecar died
  2  bad usage or a bad sentence; nothing was started or changed`;
