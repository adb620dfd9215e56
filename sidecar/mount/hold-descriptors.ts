/**
 * Keeps descriptors for a fault proxy that may die at any moment, and gives them to the next.
 *
 *     proxy ─ hello ─────────► holder     holder ─ has KEY + descriptor ... end PID ─► proxy
 *     proxy ─ keep KEY + fd ─► holder
 *     proxy ─ drop KEY ──────► holder
 *     proxy ─ mount VOLUME FLAGS ─► holder ─ mounted VOLUME, or failed VOLUME CODE MESSAGE ─► proxy
 *     holder ─ draining? ─► proxy ─ serving, or draining ─► holder
 *
 * One fault proxy is served at a time: who says `hello` beside it is hung up on and gets nothing, and nobody else may
 * keep or drop. What a fault proxy that died had sent before is taken first.
 */
import { unlinkSync } from 'node:fs';
import { later, libc } from '../linux/libc.js';
import { allocate } from '../linux/memory.js';
import {
  acceptFrom,
  connectTo,
  listenAt,
  peerUid,
  type Received,
  receive,
  send,
} from '../linux/packet-socket.js';
import { writeLog } from '../supervise/log-line.js';
import type { KeptDescriptors } from './kept-descriptors.js';
import { LastFaultProxy } from './last-fault-proxy.js';
import type { MountsOnDemand } from './mounts-on-demand.js';

const POLLIN = 1;
const pollfdBytes = 8;
const mostConnections = 8;
/** Messages taken from one connection before the others get their turn. */
const burst = 256;
/** More than the socket of a fault proxy that died can hold. */
const mostBursts = 16;

type Message = Extract<Received, { readonly kind: 'message' }>;

export interface Holding {
  stop(): void;
  /** Calls `end` when nobody serves any more, or is about to. */
  whenUnserved(end: () => void): void;
  /** Resolves when the socket is closed and nothing runs any more. */
  readonly stopped: Promise<void>;
}

/** What the conversations are about, and with whom. */
interface Matter {
  readonly kept: KeptDescriptors;
  readonly demands: MountsOnDemand;
  readonly lastProxy: LastFaultProxy;
  readonly connections: number[];
  /** The connection of the fault proxy that is served. */
  served: number | null;
}

export function holdDescriptors(socketPath: string, kept: KeptDescriptors, demands: MountsOnDemand): Holding {
  const listener = listenAt(socketPath);
  let stopping = false;
  const lastProxy = new LastFaultProxy({ ask: (fd) => void send(fd, 'draining?'), onStay });
  const matter: Matter = { kept, demands, lastProxy, connections: [], served: null };
  const stopped = serve(listener, matter, () => stopping).finally(() => {
    libc.close(listener);
    unlinkSync(socketPath);
  });
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    libc.close(connectTo(socketPath));
  };
  return { stop, whenUnserved: (end) => lastProxy.askedTo(end), stopped };
}

function onStay(): void {
  const msg =
    'asked to end while the volumes are served: staying until they are not, so that nobody loses a disk';
  writeLog('warn', 'holder.stays', msg);
}

async function serve(listener: number, matter: Matter, stopping: () => boolean): Promise<void> {
  const { connections } = matter;
  const fds = allocate((mostConnections + 1) * pollfdBytes);
  while (!stopping()) {
    for (const [index, fd] of [listener, ...connections].entries()) {
      fds.words[index * 2] = fd;
      fds.words[index * 2 + 1] = POLLIN;
    }
    await later(libc.poll, fds.address, connections.length + 1, -1);
    for (const [index, fd] of [...connections].entries()) {
      // Another's conversation may have ended it meanwhile.
      if (isReady(fds.words, index + 1) && connections.includes(fd)) talk(fd, matter);
    }
    if (isReady(fds.words, 0) && !stopping()) greet(listener, matter);
  }
  for (const fd of connections) libc.close(fd);
}

/** The events that poll(2) found stand in the high half of a pollfd's second word. */
const isReady = (words: Int32Array, index: number): boolean => (words[index * 2 + 1] ?? 0) >>> 16 !== 0;

/** The fault proxy that is served is never hung up on to make room. */
function greet(listener: number, matter: Matter): void {
  const { connections } = matter;
  const fd = acceptFrom(listener);
  if (fd < 0) return;
  if (peerUid(fd) !== process.geteuid?.()) {
    libc.close(fd);
    return;
  }
  const oldest = connections.find((one) => one !== matter.served);
  if (connections.length >= mostConnections && oldest !== undefined) hangUp(oldest, matter);
  connections.push(fd);
}

function hangUp(fd: number, matter: Matter): void {
  libc.close(fd);
  matter.connections.splice(matter.connections.indexOf(fd), 1);
  if (matter.served === fd) matter.served = null;
  matter.lastProxy.ends(fd);
}

function talk(fd: number, matter: Matter): void {
  if (converse(fd, matter) === 'end') hangUp(fd, matter);
}

/** What comes next on the connection, or nothing any more. */
function converse(fd: number, matter: Matter): 'more' | 'nothing' | 'end' {
  for (let i = 0; i < burst; i++) {
    const message = receive(fd, 0);
    if (message.kind !== 'message') return message.kind;
    if (!heed(fd, message, matter)) return 'end';
  }
  return 'more';
}

/** False: nothing more is to be heard from there. */
function heed(fd: number, { text, descriptors }: Message, matter: Matter): boolean {
  const { kept, demands, lastProxy } = matter;
  const [word = '', key = '', detail = ''] = text.split(' ');
  const isServed = matter.served === fd;
  if (word === 'hello' && !begin(fd, matter)) return false;
  if (word === 'serving') lastProxy.serves();
  if (word === 'draining') lastProxy.ends(fd);
  if (word === 'mount' && !send(fd, demands.answer(key, detail))) return false;
  if (word === 'drop' && isServed) kept.drop(key);
  if (word === 'keep' && isServed) keep(kept, key, descriptors);
  else for (const descriptor of descriptors) libc.close(descriptor);
  return true;
}

/** False where another is served, or it does not take what it is given. */
function begin(fd: number, matter: Matter): boolean {
  const { served } = matter;
  if (served !== null && served !== fd && isAlive(served, matter)) {
    const msg = 'a second fault proxy asked for what is kept, and got nothing: one is served';
    writeLog('warn', 'holder.refused', msg);
    return false;
  }
  matter.served = fd;
  if (!handOver(fd, matter.kept)) return false;
  matter.lastProxy.begins(fd);
  return true;
}

/** Takes what it sent, to its end; a living one may go on sending, so not for ever. */
function isAlive(fd: number, matter: Matter): boolean {
  let found: ReturnType<typeof converse> = 'more';
  for (let i = 0; i < mostBursts && found === 'more'; i++) found = converse(fd, matter);
  if (found === 'end') hangUp(fd, matter);
  return found !== 'end';
}

function handOver(fd: number, kept: KeptDescriptors): boolean {
  for (const [key, descriptor] of kept.entries()) if (!send(fd, `has ${key}`, [descriptor])) return false;
  return send(fd, `end ${process.pid}`);
}

function keep(kept: KeptDescriptors, key: string, [descriptor, ...others]: readonly number[]): void {
  for (const other of others) libc.close(other);
  if (descriptor === undefined) return;
  if (kept.hasRoomFor(key)) kept.keep(key, descriptor);
  else libc.close(descriptor);
}
