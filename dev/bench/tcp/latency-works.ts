/** How much longer a round trip takes when a fault delays one of its ways. */
import { fileURLToPath } from 'node:url';
import { ours } from './place.js';
import { asClient, type Work, withFault } from './work.js';

const script = fileURLToPath(new URL('./round-trips.js', import.meta.url));

export const latencyWorks: readonly Work[] = [20, 200].map(latencyWork);

function latencyWork(delayMs: number): Work {
  return {
    name: `latency-${delayMs}`,
    title: `round trip under latency ${delayMs}ms`,
    unit: 'ms',
    better: 'less',
    compared: false,
    subjects: ['direct', ...ours],
    goals: [{ kind: 'near', of: ours, target: delayMs, tolerance: 1 + delayMs / 100, above: 'direct' }],
    measure: (context) =>
      withFault(context.place, `tcp latency ${delayMs}ms from 0.0.0.0/0`, async () => {
        const { network, ports } = context.place;
        const count = Math.ceil((context.size.roundTripSeconds * 1000) / delayMs);
        return Number(
          await asClient(context, process.execPath, script, network.serverAddress, ports.redis, count),
        );
      }),
  };
}
