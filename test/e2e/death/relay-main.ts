/** `relay-main SOCKET HOST PORT`: says a line when it listens. */
import { connect, createServer, type Socket } from 'node:net';

const [, , path = '', host = '', port = ''] = process.argv;

const server = createServer((near) => {
  const far = connect({ host, port: Number(port), noDelay: true });
  join(near, far);
  join(far, near);
});
server.listen(path, () => process.stdout.write('listening\n'));

function join(from: Socket, to: Socket): void {
  from.pipe(to);
  from.on('error', () => to.destroy());
  from.on('close', () => to.destroy());
}
