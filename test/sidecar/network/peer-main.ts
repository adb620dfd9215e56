/** Listens or connects as it is told on standard input, a JSON line each, and answers each with a line. */

import { connect, createServer, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { assertNever } from '../../../core/assert-never.js';

type Order =
  | { readonly kind: 'hello' }
  | { readonly kind: 'listen'; readonly port: number }
  | { readonly kind: 'connect'; readonly host: string; readonly port: number; readonly ms?: number }
  | { readonly kind: 'say'; readonly text: string; readonly ms: number }
  | { readonly kind: 'hear'; readonly ms: number }
  | { readonly kind: 'served' }
  | { readonly kind: 'request'; readonly url: string; readonly method: string; readonly body: string | null };

/** What happened on the connection that nobody asked about yet. */
const events: string[] = [];
let awaited: ((event: string) => void) | null = null;
let socket: Socket | null = null;
/** What a client said last to the server here. */
let served = 'nothing';

function note(event: string): void {
  if (awaited) awaited(event);
  else events.push(event);
}

function next(ms: number): Promise<string> {
  const known = events.shift();
  if (known !== undefined) return Promise.resolve(known);
  return new Promise((resolve) => {
    const settle = (event: string): void => {
      clearTimeout(timer);
      awaited = null;
      resolve(event);
    };
    const timer = setTimeout(settle, ms, 'nothing');
    awaited = settle;
  });
}

function watch(connection: Socket): void {
  createInterface(connection)
    .on('line', note)
    .on('error', () => {});
  connection.on('end', () => note('end'));
  connection.on('error', (error: NodeJS.ErrnoException) => note(error.code ?? error.message));
}

function serve(connection: Socket): void {
  const who = connection.remoteAddress?.replace(/^::ffff:/, '');
  connection.on('error', () => {});
  createInterface(connection)
    .on('line', (line) => {
      served = line;
      connection.write(`${who} ${line}\n`);
    })
    .on('error', () => {});
}

async function request({ url, method, body }: Extract<Order, { kind: 'request' }>): Promise<string> {
  const headers = { 'content-type': 'application/json' };
  const signal = AbortSignal.timeout(60_000);
  try {
    const response = await fetch(url, { method, signal, ...(body === null ? {} : { headers, body }) });
    return JSON.stringify({ status: response.status, text: await response.text() });
  } catch (error) {
    return JSON.stringify({ status: 0, text: String(error) });
  }
}

function obey(order: Order): Promise<string> {
  switch (order.kind) {
    case 'hello':
      return Promise.resolve('ready');
    case 'listen':
      return new Promise((resolve) => {
        createServer(serve).listen(order.port, '::', () => resolve('listening'));
      });
    case 'connect':
      return new Promise((resolve) => {
        events.length = 0;
        socket?.destroy();
        const made = connect(order.port, order.host);
        if (order.ms !== undefined) setTimeout(() => resolve('nothing'), order.ms);
        socket = made;
        made.once('connect', () => {
          made.removeAllListeners('error');
          watch(made);
          resolve('connected');
        });
        made.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
      });
    case 'say':
      socket?.write(`${order.text}\n`);
      return next(order.ms);
    case 'hear':
      return next(order.ms);
    case 'served':
      return Promise.resolve(served);
    case 'request':
      return request(order);
    default:
      return assertNever(order);
  }
}

let last: Promise<void> = Promise.resolve();
createInterface(process.stdin).on('line', (line) => {
  last = last.then(async () => {
    process.stdout.write(`${await obey(JSON.parse(line) as Order)}\n`);
  });
});
