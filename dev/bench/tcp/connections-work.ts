/** A new connection for each request, by wrk: what it costs to open one, pass a few bytes and end it. */
import { asClient, atLeast, type Work } from './work.js';
import { parseWrk } from './wrk-result.js';

const concurrent = 32;

export const connectionsWork: Work = {
  name: 'connections',
  title: 'new connections',
  unit: 'connections/s',
  better: 'more',
  goals: [atLeast(0.9, 'haproxy'), atLeast(1.3, 'toxiproxy')],
  measure: async (context) => {
    const { network, ports } = context.place;
    const url = `http://${network.serverAddress}:${ports.http}/`;
    const load = ['--threads', 1, '--connections', concurrent, '--duration', context.size.connectionSeconds];
    return parseWrk(await asClient(context, 'wrk', ...load, '--header', 'Connection: close', url));
  },
};
