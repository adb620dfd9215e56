/** The two listening sockets: HTTPS for the API server, plain HTTP for probes and Prometheus; every wait bounded. */
import {
  createServer as createPlainServer,
  type Server as PlainServer,
  type RequestListener,
} from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { type ServerLimits, serverLimits } from './limits.js';

/** PEM. */
export interface ServingPair {
  readonly certificate: string;
  readonly key: string;
}

export interface ListenOptions {
  /** 0 takes any free one. */
  readonly port: number;
  /** Every address of the host without it. */
  readonly host?: string;
  readonly limits?: ServerLimits;
}

export interface Listening {
  readonly port: number;
  /** Takes no more connections, has those that are open answer what they were asked, and cuts off the rest. */
  close(waitMs: number): Promise<void>;
}

export interface SecureListening extends Listening {
  /** For connections from now on; those that are open keep what they have. */
  serve(pair: ServingPair): void;
}

/** Rejects with the system's error. */
export async function listenSecurely(
  handler: RequestListener,
  pair: ServingPair,
  options: ListenOptions,
): Promise<SecureListening> {
  const { limits = serverLimits } = options;
  const server = createServer(
    {
      ...contextOf(pair),
      minVersion: 'TLSv1.2',
      ALPNProtocols: ['http/1.1'],
      handshakeTimeout: limits.handshakeMs,
      maxHeaderSize: limits.headerBytes,
      headersTimeout: limits.headersMs,
      requestTimeout: limits.requestMs,
      keepAliveTimeout: limits.keepAliveMs,
      connectionsCheckingInterval: limits.checkMs,
      noDelay: true,
    },
    handler,
  );
  server.maxConnections = limits.connections;
  const sockets = openSockets(server, limits.connectionsOfAddress);
  await listen(server, options);
  return {
    port: portOf(server),
    close: (waitMs) => close(server, sockets, waitMs),
    serve: (next) => server.setSecureContext({ ...contextOf(next), minVersion: 'TLSv1.2' }),
  };
}

/** Rejects with the system's error. */
export async function listenPlainly(handler: RequestListener, options: ListenOptions): Promise<Listening> {
  const { limits = serverLimits } = options;
  const server = createPlainServer(
    {
      maxHeaderSize: limits.headerBytes,
      headersTimeout: limits.headersMs,
      requestTimeout: limits.probeRequestMs,
      connectionsCheckingInterval: limits.checkMs,
    },
    handler,
  );
  server.maxConnections = limits.probeConnections;
  const sockets = openSockets(server, limits.probeConnections);
  await listen(server, options);
  return { port: portOf(server), close: (waitMs) => close(server, sockets, waitMs) };
}

const contextOf = ({ certificate, key }: ServingPair) => ({ cert: certificate, key });

function listen(server: Server | PlainServer, { port, host }: ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

const portOf = (server: Server | PlainServer): number => (server.address() as AddressInfo).port;

/**
 * Those among them whose handshake is not done are none of the server's connections yet, and keep it open all the same.
 * One address has so many of them; the next one is closed at once.
 */
function openSockets(server: Server | PlainServer, mostOfAddress: number): ReadonlySet<Socket> {
  const open = new Set<Socket>();
  const counts = new Map<string, number>();
  server.on('connection', (socket: Socket) => {
    const { remoteAddress = '' } = socket;
    const count = (counts.get(remoteAddress) ?? 0) + 1;
    counts.set(remoteAddress, count);
    open.add(socket);
    socket.once('close', () => {
      open.delete(socket);
      const left = (counts.get(remoteAddress) ?? 1) - 1;
      if (left > 0) counts.set(remoteAddress, left);
      else counts.delete(remoteAddress);
    });
    if (count > mostOfAddress) socket.destroy();
  });
  return open;
}

function close(server: Server | PlainServer, sockets: ReadonlySet<Socket>, waitMs: number): Promise<void> {
  return new Promise((resolve) => {
    const cutOff = setTimeout(() => {
      for (const socket of sockets) socket.destroy();
    }, waitMs);
    server.close(() => {
      clearTimeout(cutOff);
      resolve();
    });
    server.closeIdleConnections();
  });
}
