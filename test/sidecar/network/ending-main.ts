/**
 * One end of a connection that says so many bytes at once and tells how the connection ended for it, as
 * `BYTES end` or `BYTES CODE`: `listen PORT BYTES` or `connect HOST PORT BYTES`.
 */
import { connect, createServer, type Socket } from 'node:net';

const [role = '', ...args] = process.argv.slice(2);
const [port = 0, bytes = 0] = args.slice(-2).map(Number);

function play(socket: Socket): void {
  let heard = 0;
  const tell = (how: string): void => {
    process.stdout.write(`${heard} ${how}\n`);
    socket.end();
    setTimeout(() => process.exit(), 100);
  };
  socket.on('data', (data) => {
    heard += data.length;
  });
  socket.once('end', () => {
    socket.removeAllListeners('error').on('error', () => {});
    tell('end');
  });
  socket.once('error', (error: NodeJS.ErrnoException) => tell(error.code ?? error.message));
  if (bytes > 0) socket.write(Buffer.alloc(bytes, 'x'));
}

if (role === 'listen') {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    server.close();
    play(socket);
  });
  server.listen(port, '::', () => process.stdout.write('listening\n'));
} else {
  play(connect({ host: args[0] ?? '', port, allowHalfOpen: true }));
}
