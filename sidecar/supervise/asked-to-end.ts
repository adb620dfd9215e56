/**
 * The signals that ask a process to end, heard from here on. PID 1 of a container gets none of their default actions,
 * and what comes while the rest is being loaded would be lost: this is to be the first import.
 */

const signals = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;
export type EndSignal = (typeof signals)[number];

let first: EndSignal | null = null;
let hear: (signal: EndSignal) => void = () => {};

for (const signal of signals) {
  process.on(signal, () => {
    first ??= signal;
    hear(signal);
  });
}

/** Called at each such signal, and at once when one has come already. There is one listener. */
export function onAskedToEnd(listener: (signal: EndSignal) => void): void {
  hear = listener;
  if (first !== null) listener(first);
}
