/**
 * A proxy before Redis that does to each RPUSH what no proxy should: answers without passing it on, or passes it on twice.
 * Its clients send one command at a time, as those of the ledger do.
 */
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { portOf } from '../../sidecar/network/ports.js';

export type Lie = 'answers-without-writing' | 'writes-twice';

export async function lyingProxy(port: number, lie: Lie): Promise<{ readonly url: string; close(): void }> {
  const sockets = new Set<Socket>();
  const proxy: Server = createServer((client) => {
    const server = connect(port, '127.0.0.1');
    for (const socket of [client, server]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
    }
    client.on('close', () => server.destroy());
    server.on('close', () => client.destroy());
    let answersToSwallow = 0;
    client.on('data', (command: Buffer) => {
      const isWrite = command.includes('RPUSH');
      if (isWrite && lie === 'answers-without-writing') client.write(':1\r\n');
      else server.write(command);
      if (!isWrite || lie !== 'writes-twice') return;
      server.write(command);
      answersToSwallow += 1;
    });
    server.on('data', (answer: Buffer) => {
      const end = answer.indexOf('\r\n') + 2;
      if (answersToSwallow === 0) client.write(answer);
      else {
        answersToSwallow -= 1;
        if (answer.length > end) client.write(answer.subarray(end));
      }
    });
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const close = (): void => {
    proxy.close();
    for (const socket of sockets) socket.destroy();
  };
  return { url: `redis://127.0.0.1:${portOf(proxy)}`, close };
}
