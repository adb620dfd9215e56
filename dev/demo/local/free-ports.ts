/** Ports of the loopback that nobody uses: a sentence names one before anybody listens there. */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';

export interface Ports {
  /** Where the database listens. */
  readonly database: number;
  /** Where its replica connects instead, and faults are. */
  readonly replication: number;
}

/** Both are held until both are known, so that they differ. */
export async function freePorts(): Promise<Ports> {
  const [one, other] = await Promise.all([listen(), listen()]);
  const ports = { database: portOf(one), replication: portOf(other) };
  await Promise.all([one, other].map((server) => once(server.close(), 'close')));
  return ports;
}

async function listen(): Promise<Server> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

const portOf = (server: Server): number => (server.address() as AddressInfo).port;
