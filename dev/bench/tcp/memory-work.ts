/**
 * What one more idle connection occupies in the proxy's process, as the kernel counts it: how much larger a process
 * that has carried none yet becomes with thousands of them. A second time would find what it kept of the first.
 */
import { fileURLToPath } from 'node:url';
import { Daemon } from '../daemon.js';
import { residentKiB } from '../resident-memory.js';
import { within } from './network.js';
import { ours, subjects } from './place.js';
import type { Work } from './work.js';

const script = fileURLToPath(new URL('./idle-connections.js', import.meta.url));

const patienceMs = 60_000;

export const memoryWork: Work = {
  name: 'idle-connection',
  title: 'memory of an idle connection',
  unit: 'KiB',
  better: 'less',
  compared: false,
  once: true,
  subjects: subjects.filter((subject) => subject !== 'direct'),
  goals: [{ kind: 'below', of: ours, bound: 10 }],
  measure: async ({ place, size, signal }) => {
    const { network, ports, proxyPid } = place;
    const before = residentKiB(proxyPid);
    const load = [script, network.serverAddress, String(ports.redis), String(size.idleConnections)];
    const clients = await Daemon.start(...within(network.client, process.execPath, ...load));
    try {
      const areOpen = (lines: readonly string[]) => lines.includes('connected') || null;
      await clients.until('connect', areOpen, { patienceMs, signal });
      return (residentKiB(proxyPid) - before) / size.idleConnections;
    } finally {
      await clients.close();
    }
  },
};
