/** Whether one could listen somewhere, seen by trying. */
import { createServer } from 'node:net';
import type { HostAndPort } from '../../core/host-and-port.js';

/** The code of what keeps one from listening there; null when nothing does. */
export function bindError({ host, port }: HostAndPort): Promise<string | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen(port, host, () => server.close(() => resolve(null)));
  });
}
