/** Ports of the loopback, for tests. */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';

export const portOf = (server: Server): number => (server.address() as AddressInfo).port;

/** One that nobody listened at a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const port = portOf(server);
  server.close();
  await once(server, 'close');
  return port;
}
