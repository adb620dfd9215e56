/**
 * PID 1 gets no default action of a signal. The commands of a pod's containers take a moment to become what they run for
 * good, on a busy node many seconds: asked to end meanwhile, they do. To be imported first, since loading the rest is most
 * of that moment.
 */
import { constants } from 'node:os';

const containers: readonly unknown[] = ['mount', 'faults', 'webhook', 'controller', 'ledger'];
const signals = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

if (process.pid === 1 && containers.includes(process.argv[2])) {
  for (const signal of signals) process.on(signal, end);
}

function end(signal: NodeJS.Signals): void {
  process.exit(128 + constants.signals[signal]);
}

/** What runs takes signals itself from now on, and ends in order. */
export function takesSignals(): void {
  for (const signal of signals) process.off(signal, end);
}
