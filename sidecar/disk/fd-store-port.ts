/**
 * The fault proxy's side of the holder's socket: descriptors to keep go one way, those of a fault proxy that died come
 * back.
 */
import { closeSync } from 'node:fs';
import { isErrorCode } from '../../core/error-codes.js';
import { HavocError, readErrorCode } from '../../core/havoc-error.js';
import { descriptorLimit } from '../linux/limits.js';
import { connectTo, receive, send } from '../linux/packet-socket.js';
import { isInodeKey } from '../mount/fd-keys.js';
import { proxyTimeouts } from '../proxy/timeouts.js';
import type { FdStore } from './fd-store.js';

export class FdStorePort implements FdStore {
  constructor(readonly fd: number) {}

  /** Several threads share the socket: a message is sent whole or not at all. */
  keep(key: string, fd: number, patienceMs?: number): boolean {
    return send(this.fd, `keep ${key}`, [fd], patienceMs);
  }

  drop(key: string): void {
    send(this.fd, `drop ${key}`);
  }
}

export interface Inheritance {
  readonly holderFd: number;
  readonly holderPid: number;
  /** Every descriptor the holder has: devices, memory, files without a name. */
  readonly kept: ReadonlyMap<string, number>;
}

/** What the holder is to mount, should it hold no living device of it: flags are those of mount(2). */
export interface MountWish {
  readonly volume: string;
  readonly flags: number;
}

/**
 * Connects to the holder, has it mount what it is to, and takes what it kept. Only one fault proxy is served: while it is
 * connected another gets nothing, and holder.silent. Throws a HavocError with the holder's own code where it cannot mount.
 */
export function inherit(socketPath: string, wishes: readonly MountWish[] = []): Inheritance {
  const fd = connectTo(socketPath);
  try {
    for (const wish of wishes) mount(fd, socketPath, wish);
    return { holderFd: fd, ...takeAll(fd, socketPath) };
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

function mount(fd: number, socketPath: string, { volume, flags }: MountWish): void {
  send(fd, `mount ${volume} ${flags}`);
  const message = receive(fd, proxyTimeouts.holderAnswerMs);
  if (message.kind !== 'message') throw silent(socketPath);
  if (!message.text.startsWith('mounted ')) throw mountFailure(message.text);
}

/** Of `failed VOLUME CODE MESSAGE`. What is not a code of ours is told as part of the message. */
export function mountFailure(text: string): HavocError {
  const [, volume = '', code, ...said] = text.split(' ');
  const why = (isErrorCode(code) ? said : [code, ...said]).join(' ');
  return new HavocError(readErrorCode(code, 'mount.failed'), `the holder cannot mount ${volume}: ${why}`);
}

/**
 * A holder may have more of files than there is room for: devices and memory come after them, where it was started again.
 */
function takeAll(fd: number, socketPath: string): Omit<Inheritance, 'holderFd'> {
  const most = descriptorLimit() * mostForInodes;
  const kept = new Map<string, number>();
  send(fd, 'hello');
  for (;;) {
    const message = receive(fd, proxyTimeouts.holderAnswerMs);
    if (message.kind !== 'message') throw silent(socketPath);
    if (message.text.startsWith('end ')) return { holderPid: Number(message.text.slice(4)), kept };
    const [descriptor] = message.descriptors;
    const key = message.text.slice('has '.length);
    if (descriptor === undefined) continue;
    if (isInodeKey(key) && descriptor >= most) closeSync(descriptor);
    else kept.set(key, descriptor);
  }
}

/** Numbers are given out from the lowest, so one beyond says that so many are in use. */
const mostForInodes = 7 / 8;

const silent = (socketPath: string): HavocError =>
  new HavocError('holder.silent', `the holder at ${socketPath} did not answer`);
