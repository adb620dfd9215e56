/**
 * The real proxy between real sockets of the loopback, one turn at a time, its clock in the hands of the test:
 *
 *     client ── listener ─ proxy ── server
 */
import assert from 'node:assert/strict';
import type { ArmedFault } from '../../../../faults/armed-faults.js';
import type { KnownPeers } from '../../../../faults/compile-tcp.js';
import { parse } from '../../../../faults/parse.js';
import type { Endpoint } from '../../../../sidecar/linux/inet-socket.js';
import { libc } from '../../../../sidecar/linux/libc.js';
import { DescriptorBudget } from '../../../../sidecar/proxy/descriptor-budget.js';
import { ConnectionLoop } from '../../../../sidecar/tcp/connection/connection-loop.js';
import { TcpCounters, total } from '../../../../sidecar/tcp/tcp-counters.js';
import { Listening, RawSocket, type Read } from './raw-socket.js';

export interface Pair {
  readonly client: RawSocket;
  readonly server: RawSocket;
}

/** More turns than anything here needs. */
const mostTurns = 2000;

export class DrivenProxy {
  nowMs = 1_000_000;
  readonly counters = new TcpCounters(TcpCounters.create());
  readonly crashes: unknown[] = [];
  readonly backend = new Listening('program');
  readonly #front = new Listening('proxy');
  /** An address of the server's name where nobody listens, tried first. */
  readonly #nobody = unused();
  readonly #proxy: ConnectionLoop;
  #faults: readonly ArmedFault[] = [];
  #known: KnownPeers = { names: new Map(), node: [] };
  #lastSlot = -1;
  readonly #sockets: RawSocket[] = [];

  constructor() {
    this.#proxy = new ConnectionLoop({
      listeners: [{ kind: 'forward', fd: this.#front.fd, port: 5432, upstream: 'server' }],
      counters: this.counters,
      descriptors: DescriptorBudget.of({ limit: 1024, volumes: 0, hasNetwork: true, hasReadOnlyPort: false }),
      nowMs: () => this.nowMs,
      wallMs: () => this.nowMs,
      wakeFd: null,
      onWake: () => {},
      onCrash: (error) => this.crashes.push(error),
    });
    this.#publish();
  }

  /** Of the proxy, or of the server itself, to compare with. */
  connect(how: 'proxied' | 'direct' = 'proxied'): Pair {
    const target = how === 'direct' ? this.backend : this.#front;
    const client = RawSocket.connect(target.endpoint);
    const server = this.until(() => RawSocket.acceptFrom(this.backend));
    this.#sockets.push(client, server);
    return { client, server };
  }

  /** A client alone, whatever comes of it. */
  knock(): RawSocket {
    const client = RawSocket.connect(this.#front.endpoint);
    this.#sockets.push(client);
    return client;
  }

  /** A client that says something, of a server that answers with an end, if it gets to that. */
  knockAndSend(): RawSocket {
    const client = this.knock();
    const server = this.until(() => client.error() ?? RawSocket.acceptFrom(this.backend));
    if (typeof server !== 'string') {
      this.#sockets.push(server);
      server.endWriting();
    }
    return client;
  }

  /** Returns its slot. */
  arm(name: string, sentence: string): number {
    const parsed = parse(sentence);
    assert.equal(parsed.kind, 'fault', sentence);
    if (parsed.kind !== 'fault') throw new TypeError(sentence);
    const { fault } = parsed;
    this.#lastSlot = (this.#lastSlot + 1) % 64;
    this.counters.reset(this.#lastSlot);
    const span = fault.deadline.kind === 'for' ? fault.deadline.ms : 600_000;
    const armed = { name, fault, slot: this.#lastSlot, seed: fault.seed ?? 1, endsMs: this.nowMs + span };
    this.#faults = [...this.#faults.filter((other) => other.name !== name), armed];
    this.#publish();
    return armed.slot;
  }

  disarm(name: string): void {
    this.#faults = this.#faults.filter((fault) => fault.name !== name);
    this.#publish();
  }

  disarmAll(): void {
    this.#faults = [];
    this.#publish();
  }

  know(known: Partial<KnownPeers>): void {
    this.#known = { ...this.#known, ...known };
    this.#publish();
  }

  /** Connections that the proxy has not closed. */
  get open(): number {
    return this.counters.total(total.open);
  }

  turn(): void {
    this.#proxy.turn(0);
  }

  /** Time passes, and what is due happens. */
  pass(ms: number): void {
    this.nowMs += ms;
    this.settle();
  }

  /** Turns until nothing more happens by itself: a few in which the kernel has nothing to say. */
  settle(): void {
    for (let turns = 0; turns < 8; turns++) this.turn();
  }

  until<T>(look: () => T | null | false): T {
    for (let turns = 0; turns < mostTurns; turns++) {
      const seen = look();
      if (seen !== null && seen !== false) return seen;
      this.turn();
    }
    throw new Error(`in vain until ${look}`);
  }

  /** The next thing that a read says. */
  read(socket: RawSocket, most?: number): Read {
    return this.until(() => {
      const read = socket.read(most);
      return read === 'nothing' ? null : read;
    });
  }

  /** So many bytes, whole. */
  readAll(socket: RawSocket, count: number): Buffer {
    const chunks: Buffer[] = [];
    for (let left = count; left > 0; ) {
      const read = this.read(socket, left);
      if (typeof read === 'string') throw new Error(`${read}, ${left} bytes before the end`);
      chunks.push(read);
      left -= read.length;
    }
    return Buffer.concat(chunks);
  }

  close(): void {
    for (const socket of this.#sockets) socket.close();
    this.#proxy.close();
    this.#front.close();
    this.backend.close();
    libc.close(this.counters.fd);
    assert.deepEqual(this.crashes, []);
  }

  #publish(): void {
    this.#proxy.setFaults({
      faults: this.#faults,
      known: this.#known,
      upstreams: new Map([['server', [this.#nobody, this.backend.endpoint]]]),
    });
  }
}

function unused(): Endpoint {
  const listening = new Listening('program');
  const { endpoint } = listening;
  listening.close();
  return endpoint;
}

export function withProxy(use: (proxy: DrivenProxy) => void): void {
  const proxy = new DrivenProxy();
  try {
    use(proxy);
  } finally {
    proxy.close();
  }
}

/** What has arrived by now, all of it. */
export function arrived(proxy: DrivenProxy, socket: RawSocket): Buffer {
  proxy.settle();
  const chunks: Buffer[] = [];
  for (let read: Read = socket.read(); typeof read !== 'string'; read = socket.read()) chunks.push(read);
  return Buffer.concat(chunks);
}
