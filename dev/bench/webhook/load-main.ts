/**
 * Asks for reviews as the API server does: over TLS connections that are kept, each asking again when it was answered.
 * Runs in a process of its own, and does as little as it can.
 *
 *     node load-main.js PORT CA PATH POD CONNECTIONS COUNT WARM_UP   prints {"perSecond", "p50Ms", "p99Ms"}
 */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, type TLSSocket } from 'node:tls';
import { annotatedReviewOf, reviewOf } from './reviews.js';

const [, , port = '', caFile = '', path = '', pod = '', connections = '', count = '', warmUps = ''] =
  process.argv;
const ca = readFileSync(caFile, 'utf8');
const size = pod === 'large' ? 'large' : 'usual';
const review = path === '/validate-faults' ? annotatedReviewOf(size) : reviewOf(size);
const request = Buffer.concat([
  Buffer.from(
    `POST ${path}?timeout=3s HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUser-Agent: kube-apiserver-admission\r\n` +
      `Content-Length: ${review.length}\r\nAccept: application/json, */*\r\nContent-Type: application/json\r\nAccept-Encoding: gzip\r\n\r\n`,
  ),
  review,
]);

const sockets = await Promise.all(Array.from({ length: Number(connections) }, open));
let left = Number(count);
await Promise.all(sockets.map((socket) => ask(socket, Math.ceil(Number(warmUps) / sockets.length))));
const times: number[] = [];
const began = performance.now();
await Promise.all(sockets.map((socket) => ask(socket)));
const seconds = (performance.now() - began) / 1000;
for (const socket of sockets) socket.destroy();
times.sort((one, other) => one - other);
const quantile = (share: number): number => times[Math.floor((times.length - 1) * share)] ?? Number.NaN;
process.stdout.write(
  JSON.stringify({ perSecond: times.length / seconds, p50Ms: quantile(0.5), p99Ms: quantile(0.99) }),
);

async function open(): Promise<TLSSocket> {
  const socket = connect({ host: '127.0.0.1', port: Number(port), ca, ALPNProtocols: ['http/1.1'] });
  await once(socket, 'secureConnect');
  return socket.setNoDelay(true);
}

/** So many to warm up, unmeasured; or as long as any are left for all. */
function ask(socket: TLSSocket, warmUp?: number): Promise<void> {
  return new Promise((resolve, reject) => {
    let answer = '';
    let sentMs = 0;
    let unmeasured = warmUp ?? 0;
    const send = (): void => {
      if (warmUp === undefined ? left-- <= 0 : unmeasured-- <= 0) return void stop();
      sentMs = performance.now();
      socket.write(request);
    };
    const receive = (text: string): void => {
      answer += text;
      if (!isComplete(answer)) return;
      if (!isRight(answer)) return void stop(new Error(`not what was asked for: ${answer.slice(0, 500)}`));
      if (warmUp === undefined) times.push(performance.now() - sentMs);
      answer = '';
      send();
    };
    const stop = (error?: Error): void => {
      socket.off('data', receive).off('error', reject);
      if (error) reject(error);
      else resolve();
    };
    socket.setEncoding('latin1').on('data', receive).on('error', reject);
    send();
  });
}

function isComplete(answer: string): boolean {
  const head = answer.indexOf('\r\n\r\n');
  const length = /content-length: (\d+)/i.exec(answer.slice(0, Math.max(head, 0)))?.[1];
  return length !== undefined && answer.length >= head + 4 + Number(length);
}

function isRight(answer: string): boolean {
  const isPatch = answer.includes('"patchType":"JSONPatch"');
  return (
    answer.startsWith('HTTP/1.1 200 ') &&
    answer.includes('"allowed":true') &&
    isPatch === (path === '/inject')
  );
}
