/** The plane's side of the holder's socket: descriptors to keep go one way, those of a plane that died come back. */

import { HavocError } from '../havoc-error.js';
import { connectTo, receive, send } from '../linux/packet-socket.js';
import type { Keeper } from './keeper.js';

/** The holder answers at once or is not there. */
const answerMs = 5000;

export class KeeperPort implements Keeper {
  constructor(readonly fd: number) {}

  /** Several threads share the socket: a message is sent whole or not at all. */
  keep(key: string, fd: number): boolean {
    return send(this.fd, `keep ${key}`, [fd]);
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

/** Connects to the holder and takes what it kept. Only one plane is served: a new one ends the one before. */
export function inherit(socketPath: string): Inheritance {
  const fd = connectTo(socketPath);
  const kept = new Map<string, number>();
  if (!send(fd, 'hello')) throw new HavocError('E_HOLDER', `the holder at ${socketPath} does not listen`);
  for (;;) {
    const message = receive(fd, answerMs);
    if (message.kind !== 'message')
      throw new HavocError('E_HOLDER', `the holder at ${socketPath} did not answer`);
    if (message.text.startsWith('end '))
      return { holderFd: fd, holderPid: Number(message.text.slice(4)), kept };
    const [descriptor] = message.descriptors;
    if (descriptor !== undefined) kept.set(message.text.slice('has '.length), descriptor);
  }
}
