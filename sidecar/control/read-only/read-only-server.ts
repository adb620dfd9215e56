/**
 * HTTP for strangers: a few pages, GET and HEAD, one request a connection, every size and wait bounded.
 *
 *     connection ─ too many of all, or of one address? ─► closed
 *     request ─► 404, 405 or the page ─► the connection ends
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { type Clock, systemClock } from '../../../core/clock.js';
import { inTime } from '../../../core/sleep.js';
import { type ReadOnlyLimits, readOnlyLimits } from './read-only-limits.js';
import type { Page } from './shared-page.js';

export interface ReadOnlyPage {
  /** As HTTP says it. */
  readonly type: string;
  readonly make: () => Promise<Page>;
}

export interface ReadOnlyServerOptions {
  /** By their paths. */
  readonly pages: ReadonlyMap<string, ReadOnlyPage>;
  readonly limits?: ReadOnlyLimits;
  readonly clock?: Clock;
}

/** It is alive where it answers, whatever else its process does. */
const livenessPath = '/healthz';
const json = 'application/json; charset=utf-8';

export function createReadOnlyServer({
  pages,
  limits = readOnlyLimits,
  clock = systemClock,
}: ReadOnlyServerOptions): Server {
  const server = createServer(
    {
      maxHeaderSize: limits.headerBytes,
      headersTimeout: limits.requestMs,
      requestTimeout: limits.requestMs,
      connectionsCheckingInterval: limits.checkMs,
      keepAlive: false,
    },
    (request, response) => void answer({ request, response }, { pages, limits, clock }),
  );
  server.maxConnections = limits.connections;
  server.maxRequestsPerSocket = 1;
  boundConnections(server, limits);
  return server;
}

/** Whoever takes all connections of his own takes none of others, and none for longer than a request should last. */
function boundConnections(server: Server, { connectionsOfOne, connectionMs }: ReadOnlyLimits): void {
  const open = new Map<string, number>();
  server.on('connection', (socket: Socket) => {
    const { remoteAddress: address } = socket;
    if (address === undefined) return void socket.destroy();
    const ofOne = open.get(address) ?? 0;
    if (ofOne >= connectionsOfOne) return void socket.resetAndDestroy();
    open.set(address, ofOne + 1);
    const timer = setTimeout(() => socket.resetAndDestroy(), connectionMs);
    socket.once('close', () => {
      clearTimeout(timer);
      const left = (open.get(address) ?? 1) - 1;
      if (left > 0) open.set(address, left);
      else open.delete(address);
    });
  });
  // As Node.js does by itself, but never for a method that would make a tunnel of the connection.
  server.on('connect', (_request, socket) =>
    socket.end('HTTP/1.1 405 Method Not Allowed\r\nAllow: GET, HEAD\r\n\r\n'),
  );
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

type Answering = Required<ReadOnlyServerOptions>;

/** Never rejects. */
async function answer({ request, response }: Exchange, { pages, limits, clock }: Answering): Promise<void> {
  const path = (request.url ?? '').split('?', 1)[0] ?? '';
  const page = pages.get(path);
  if (page === undefined && path !== livenessPath)
    return say(
      response,
      404,
      `there is nothing here; expected ${[...pages.keys(), livenessPath].join(', ')}`,
    );
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('Allow', 'GET, HEAD');
    return say(response, 405, 'this port is for reading only; expected GET or HEAD');
  }
  if (page === undefined) return send(response, 200, { type: json, body: '{"status":"ok"}' });
  const body = await inTime<Page>(page.make(), { ms: limits.pageMs, clock, late: () => 'busy' });
  if (body === 'busy') return say(response, 503, 'busy; try again');
  if (body === 'failed') return say(response, 500, 'the page could not be made; the log says why');
  send(response, 200, { type: page.type, body });
}

const say = (response: ServerResponse, status: number, reason: string): void =>
  send(response, status, { type: 'text/plain; charset=utf-8', body: `${reason}\n` });

interface Content {
  readonly type: string;
  readonly body: string | Uint8Array;
}

/** No CORS: a web page has no business here. */
function send(response: ServerResponse, status: number, { type, body }: Content): void {
  response.writeHead(status, {
    'Content-Type': type,
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    Connection: 'close',
  });
  response.end(body);
}
