/** Ports of the loopback, for tests. */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';

export const portOf = (server: Server): number => (server.address() as AddressInfo).port;

/** One that nobody listened at a moment ago; on every address of the host for 0.0.0.0. */
export async function freePort(host = '127.0.0.1'): Promise<number> {
  const server = createServer();
  server.listen(0, host);
  await once(server, 'listening');
  const port = portOf(server);
  server.close();
  await once(server, 'close');
  return port;
}
