/** iperf3, one stream towards the server: as fast as it goes, and at the rate that a fault allows. */
import { parseIperf } from './iperf-result.js';
import { ours } from './place.js';
import { asClient, atLeast, type Work, type WorkContext, withFault } from './work.js';

/** What is not counted at the start, while windows grow and buffers fill. */
const warmUpSeconds = 1;

const capMiB = 10;

export const bulkWork: Work = {
  name: 'bulk',
  title: 'bulk, one stream',
  unit: 'Gbit/s',
  better: 'more',
  goals: [atLeast(1.3, 'haproxy'), atLeast(1.3, 'toxiproxy')],
  measure: async (context) => ((await bytesPerSecond(context, context.size.bulkSeconds)) * 8) / 1e9,
};

export const cappedWork: Work = {
  name: 'bandwidth',
  title: `bulk under bandwidth ${capMiB}Mi/s`,
  unit: 'MiB/s',
  better: 'more',
  compared: false,
  subjects: ours,
  goals: [{ kind: 'near', of: ours, target: capMiB, tolerance: capMiB * 0.03 }],
  measure: (context) =>
    withFault(context.place, `tcp bandwidth ${capMiB}Mi/s`, async () => {
      return (await bytesPerSecond(context, context.size.cappedSeconds)) / 2 ** 20;
    }),
};

async function bytesPerSecond(context: WorkContext, seconds: number): Promise<number> {
  const { network, ports } = context.place;
  const target = ['--client', network.serverAddress, '--port', ports.iperf3];
  const duration = ['--time', seconds, '--omit', warmUpSeconds];
  return parseIperf(await asClient(context, 'iperf3', '--json', ...target, ...duration));
}
