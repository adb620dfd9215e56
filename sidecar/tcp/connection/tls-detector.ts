/** What a connection speaks, as far as it matters: TLS, from the beginning or after a few words in the clear. */

import { limits } from '../limits.js';
import type { ProxySocket } from './proxy-socket.js';

export class TlsDetector {
  isTls = false;
  #looksLeft: number = limits.tlsLooks;
  readonly #client: ProxySocket;

  constructor(client: ProxySocket) {
    this.#client = client;
  }

  /** Nothing that it may say from here on is looked at. */
  get isDecided(): boolean {
    return this.#looksLeft === 0;
  }

  /** PostgreSQL and MySQL begin in the clear and ask for TLS: more than the first words are looked at. */
  inspect(bytes: Uint8Array, source: ProxySocket): void {
    if (this.#looksLeft === 0 || source !== this.#client) return;
    this.#looksLeft--;
    if (!isClientHello(bytes)) return;
    this.isTls = true;
    this.#looksLeft = 0;
  }
}

const handshake = 22;
const clientHello = 1;

/** A handshake record that holds a ClientHello (RFC 8446, 5.1 and 4). */
function isClientHello(bytes: Uint8Array): boolean {
  const [type, major, minor = 255] = bytes;
  return type === handshake && major === 3 && minor <= 4 && bytes[5] === clientHello;
}
