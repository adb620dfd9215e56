/**
 * Keeps descriptors for a plane that may die at any moment, and gives them to the next.
 *
 *     plane ─ hello ─────────► holder     holder ─ has KEY + descriptor ... end PID ─► plane
 *     plane ─ keep KEY + fd ─► holder
 *     plane ─ drop KEY ──────► holder
 */
import { unlinkSync } from 'node:fs';
import { later, libc } from '../linux/libc.js';
import { allocate } from '../linux/memory.js';
import { acceptFrom, connectTo, listenAt, receive, send } from '../linux/packet-socket.js';

const POLLIN = 1;
const pollfdBytes = 8;
const mostConnections = 8;
/** Messages taken from one connection before the others get their turn. */
const burst = 256;

export interface Holding {
  stop(): void;
  /** Resolves when the socket is closed and nothing runs any more. */
  readonly stopped: Promise<void>;
}

export function holdDescriptors(socketPath: string, kept: Map<string, number>): Holding {
  const listener = listenAt(socketPath);
  let stopping = false;
  const stopped = serve(listener, kept, () => stopping).finally(() => {
    libc.close(listener);
    unlinkSync(socketPath);
  });
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    libc.close(connectTo(socketPath));
  };
  return { stop, stopped };
}

async function serve(listener: number, kept: Map<string, number>, stopping: () => boolean): Promise<void> {
  const connections: number[] = [];
  const fds = allocate((mostConnections + 1) * pollfdBytes);
  while (!stopping()) {
    for (const [index, fd] of [listener, ...connections].entries()) {
      fds.words[index * 2] = fd;
      fds.words[index * 2 + 1] = POLLIN;
    }
    await later(libc.poll, fds.address, connections.length + 1, -1);
    for (const [index, fd] of [...connections].entries()) {
      if (isReady(fds.words, index + 1) && !converse(fd, kept)) hangUp(connections, fd);
    }
    if (isReady(fds.words, 0) && !stopping()) greet(listener, connections);
  }
  for (const fd of connections) libc.close(fd);
}

/** The events that poll(2) found stand in the high half of a pollfd's second word. */
const isReady = (words: Int32Array, index: number): boolean => (words[index * 2 + 1] ?? 0) >>> 16 !== 0;

function greet(listener: number, connections: number[]): void {
  const fd = acceptFrom(listener);
  if (fd < 0) return;
  const [oldest] = connections;
  if (connections.length >= mostConnections && oldest !== undefined) hangUp(connections, oldest);
  connections.push(fd);
}

function hangUp(connections: number[], fd: number): void {
  libc.close(fd);
  connections.splice(connections.indexOf(fd), 1);
}

/** False at the end of the connection. */
function converse(fd: number, kept: Map<string, number>): boolean {
  for (let i = 0; i < burst; i++) {
    const message = receive(fd, 0);
    if (message.kind === 'nothing') return true;
    if (message.kind === 'end') return false;
    const [word = '', key = ''] = message.text.split(' ');
    if (word === 'hello' && !handOver(fd, kept)) return false;
    if (word === 'drop') drop(kept, key);
    if (word === 'keep') keep(kept, key, message.descriptors);
    else for (const descriptor of message.descriptors) libc.close(descriptor);
  }
  return true;
}

function handOver(fd: number, kept: ReadonlyMap<string, number>): boolean {
  for (const [key, descriptor] of kept) if (!send(fd, `has ${key}`, [descriptor])) return false;
  return send(fd, `end ${process.pid}`);
}

function keep(kept: Map<string, number>, key: string, [descriptor, ...others]: readonly number[]): void {
  for (const other of others) libc.close(other);
  if (descriptor === undefined) return;
  drop(kept, key);
  kept.set(key, descriptor);
}

function drop(kept: Map<string, number>, key: string): void {
  const descriptor = kept.get(key);
  if (descriptor === undefined) return;
  libc.close(descriptor);
  kept.delete(key);
}
