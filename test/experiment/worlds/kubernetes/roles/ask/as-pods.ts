/**
 * Servers of this machine, each with a port of its own, as pods, which all have the same port and addresses of their own:
 *
 *     127.0.41.1:P ─► 127.0.0.1:first      127.0.41.2:P ─► 127.0.0.1:second      ...
 */
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { RolePod } from '../../../../../../experiment/worlds/kubernetes/roles/role-pod.js';
import { freePort } from '../../../../../sidecar/network/ports.js';
import { pod } from '../pods.js';

export interface AsPods {
  readonly pods: readonly RolePod[];
  readonly port: number;
  close(): void;
}

/** `ports` by the names of the pods. */
export async function asPods(ports: Readonly<Record<string, number>>): Promise<AsPods> {
  const port = await freePort();
  const servers: Server[] = [];
  const pods: RolePod[] = [];
  for (const [index, [name, to]] of Object.entries(ports).entries()) {
    const address = `127.0.41.${index + 1}`;
    const server = createServer((socket) => forward(socket, to)).listen(port, address);
    await once(server, 'listening');
    servers.push(server);
    pods.push({ ...pod(name), address });
  }
  return { pods, port, close: () => servers.forEach((server) => void server.close()) };
}

function forward(from: Socket, port: number): void {
  const to = connect(port, '127.0.0.1');
  for (const [one, other] of [
    [from, to],
    [to, from],
  ] as const) {
    one.on('error', () => undefined).once('close', () => other.destroy());
    one.pipe(other);
  }
}
