/**
 * Keeps descriptors for a plane that may die at any moment, and gives them to the next.
 *
 *     plane ─ hello ─────────► holder     holder ─ has KEY + descriptor ... end PID ─► plane
 *     plane ─ keep KEY + fd ─► holder
 *     plane ─ drop KEY ──────► holder
 *     plane ─ mount VOLUME FLAGS ─► holder ─ mounted VOLUME, or failed VOLUME CODE MESSAGE ─► plane
 *     holder ─ ending ─► plane ─ serving, or leaving ─► holder
 */
import { unlinkSync } from 'node:fs';
import { later, libc } from '../linux/libc.js';
import { allocate } from '../linux/memory.js';
import { acceptFrom, connectTo, listenAt, receive, send } from '../linux/packet-socket.js';
import type { KeptDescriptors } from './kept-descriptors.js';
import { LastPlane } from './last-plane.js';
import type { MountsOnDemand } from './mounts-on-demand.js';

const POLLIN = 1;
const pollfdBytes = 8;
const mostConnections = 8;
/** Messages taken from one connection before the others get their turn. */
const burst = 256;

export interface Holding {
  stop(): void;
  /** Calls `end` when nobody serves any more, or is about to. */
  whenUnserved(end: () => void): void;
  /** Resolves when the socket is closed and nothing runs any more. */
  readonly stopped: Promise<void>;
}

/** What the conversations are about. */
interface Matter {
  readonly kept: KeptDescriptors;
  readonly demands: MountsOnDemand;
  readonly lastPlane: LastPlane;
}

export function holdDescriptors(socketPath: string, kept: KeptDescriptors, demands: MountsOnDemand): Holding {
  const listener = listenAt(socketPath);
  let stopping = false;
  const lastPlane = new LastPlane({ ask: (fd) => void send(fd, 'ending'), onStay });
  const stopped = serve(listener, { kept, demands, lastPlane }, () => stopping).finally(() => {
    libc.close(listener);
    unlinkSync(socketPath);
  });
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    libc.close(connectTo(socketPath));
  };
  return { stop, whenUnserved: (end) => lastPlane.askedTo(end), stopped };
}

function onStay(): void {
  const msg =
    'asked to end while the volumes are served: staying until they are not, so that nobody loses a disk';
  process.stderr.write(`${JSON.stringify({ level: 40, time: Date.now(), code: 'holder.stays', msg })}\n`);
}

async function serve(listener: number, matter: Matter, stopping: () => boolean): Promise<void> {
  const connections: number[] = [];
  const fds = allocate((mostConnections + 1) * pollfdBytes);
  while (!stopping()) {
    for (const [index, fd] of [listener, ...connections].entries()) {
      fds.words[index * 2] = fd;
      fds.words[index * 2 + 1] = POLLIN;
    }
    await later(libc.poll, fds.address, connections.length + 1, -1);
    for (const [index, fd] of [...connections].entries()) {
      if (isReady(fds.words, index + 1) && !converse(fd, matter)) hangUp(connections, fd, matter);
    }
    if (isReady(fds.words, 0) && !stopping()) greet(listener, connections, matter);
  }
  for (const fd of connections) libc.close(fd);
}

/** The events that poll(2) found stand in the high half of a pollfd's second word. */
const isReady = (words: Int32Array, index: number): boolean => (words[index * 2 + 1] ?? 0) >>> 16 !== 0;

function greet(listener: number, connections: number[], matter: Matter): void {
  const fd = acceptFrom(listener);
  if (fd < 0) return;
  const [oldest] = connections;
  if (connections.length >= mostConnections && oldest !== undefined) hangUp(connections, oldest, matter);
  connections.push(fd);
}

function hangUp(connections: number[], fd: number, { lastPlane }: Matter): void {
  libc.close(fd);
  connections.splice(connections.indexOf(fd), 1);
  lastPlane.leaves(fd);
}

/** False at the end of the connection. */
function converse(fd: number, { kept, demands, lastPlane }: Matter): boolean {
  for (let i = 0; i < burst; i++) {
    const message = receive(fd, 0);
    if (message.kind === 'nothing') return true;
    if (message.kind === 'end') return false;
    const [word = '', key = '', detail = ''] = message.text.split(' ');
    if (word === 'hello' && !handOver(fd, kept)) return false;
    if (word === 'hello') lastPlane.begins(fd);
    if (word === 'serving') lastPlane.serves();
    if (word === 'leaving') lastPlane.leaves(fd);
    if (word === 'mount' && !send(fd, demands.answer(key, detail))) return false;
    if (word === 'drop') kept.drop(key);
    if (word === 'keep') keep(kept, key, message.descriptors);
    else for (const descriptor of message.descriptors) libc.close(descriptor);
  }
  return true;
}

function handOver(fd: number, kept: KeptDescriptors): boolean {
  for (const [key, descriptor] of kept.entries()) if (!send(fd, `has ${key}`, [descriptor])) return false;
  return send(fd, `end ${process.pid}`);
}

function keep(kept: KeptDescriptors, key: string, [descriptor, ...others]: readonly number[]): void {
  for (const other of others) libc.close(other);
  if (descriptor !== undefined) kept.keep(key, descriptor);
}
