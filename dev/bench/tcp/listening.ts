/** Resolves once a server listens at all its ports, as the kernel tells it of the server's own network namespace. */
import { readFileSync } from 'node:fs';
import type { Daemon } from '../daemon.js';

export async function listening(daemon: Daemon, ports: readonly number[]): Promise<void> {
  await daemon.until(`listen at ${ports.join(', ')}`, () => {
    const open = new Set([...listeners(daemon.pid, 'tcp'), ...listeners(daemon.pid, 'tcp6')]);
    return ports.every((port) => open.has(port)) || null;
  });
}

function listeners(pid: number, table: 'tcp' | 'tcp6'): readonly number[] {
  try {
    return listeningPorts(readFileSync(`/proc/${pid}/net/${table}`, 'utf8'));
  } catch {
    return [];
  }
}

/** Lines of `sl local_address rem_address st ...`, addresses as `hex:PORT`; state 0A is LISTEN. */
export const listeningPorts = (table: string): readonly number[] =>
  [...table.matchAll(/^\s*\d+: [0-9A-F]+:([0-9A-F]{4}) \S+ 0A /gm)].map(([, port = '']) =>
    Number.parseInt(port, 16),
  );
