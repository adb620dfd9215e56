/** The listening socket: on the loopback, every wait bounded, and closed without waiting for anybody. */
import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { isIPv6 } from 'node:net';
import { HavocError } from '../../core/havoc-error.js';
import { type ControlLimits, controlLimits } from './control-limits.js';

export interface ControlAddress {
  /** An address of the loopback, or `localhost`. */
  readonly host: string;
  /** 0 takes any free one. */
  readonly port: number;
}

export interface ControlServer {
  readonly url: string;
  /** Ends event streams, lets requests be answered for a moment, and closes the rest. */
  close(): Promise<void>;
}

/** Rejects with `control.not-loopback` or `control.listen-failed`. */
export async function listenControl(
  handler: RequestListener,
  { host, port }: ControlAddress,
  limits: ControlLimits = controlLimits,
): Promise<ControlServer> {
  if (!isLoopback(host)) {
    throw new HavocError(
      'control.not-loopback',
      `the control endpoint speaks plain HTTP: ${host} is not the loopback`,
    );
  }
  const server = boundedServer(handler, limits);
  const responses = openResponses(server);
  await listen(server, host, port);
  return { url: urlOf(server), close: () => close(server, responses, limits.closeMs) };
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host);
}

function boundedServer(handler: RequestListener, limits: ControlLimits): Server {
  const server = createServer(
    {
      maxHeaderSize: limits.headerBytes,
      headersTimeout: limits.headersMs,
      requestTimeout: limits.requestMs,
      keepAliveTimeout: limits.keepAliveMs,
      connectionsCheckingInterval: limits.checkMs,
    },
    handler,
  );
  server.maxConnections = limits.connections;
  server.setTimeout(limits.idleMs);
  return server;
}

function openResponses(server: Server): ReadonlySet<ServerResponse> {
  const open = new Set<ServerResponse>();
  server.on('request', (_request, response) => {
    open.add(response);
    response.on('close', () => open.delete(response));
  });
  return open;
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (cause: Error) => {
      reject(
        new HavocError('control.listen-failed', `cannot listen on ${host}:${port}: ${cause.message}`, {
          cause,
        }),
      );
    };
    server.once('error', fail);
    server.listen(port, host, () => {
      server.off('error', fail);
      resolve();
    });
  });
}

function urlOf(server: Server): string {
  const address = server.address();
  if (address === null || typeof address === 'string')
    throw new TypeError('a listening server has an address');
  return `http://${isIPv6(address.address) ? `[${address.address}]` : address.address}:${address.port}`;
}

function close(server: Server, responses: ReadonlySet<ServerResponse>, waitMs: number): Promise<void> {
  return new Promise((resolve) => {
    const cutOff = setTimeout(() => server.closeAllConnections(), waitMs);
    server.close(() => {
      clearTimeout(cutOff);
      resolve();
    });
    for (const response of responses) if (isStream(response)) response.end();
    server.closeIdleConnections();
  });
}

/** Ends by itself only when told. */
function isStream(response: ServerResponse): boolean {
  return String(response.getHeader('Content-Type')).startsWith('text/event-stream');
}
