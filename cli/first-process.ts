/**
 * PID 1 gets no default action of a signal. The commands of a pod's containers take a moment to become what they run for
 * good: asked to end meanwhile, they do. To be imported first, since loading the rest is most of that moment.
 */
import { constants } from 'node:os';
import { exitCode } from './exit-code.js';

const containers: readonly unknown[] = ['mount', 'faults'];

if (process.pid === 1 && containers.includes(process.argv[2])) {
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    process.on(signal, () => process.exit(exitCode.signalled + constants.signals[signal]));
  }
}
