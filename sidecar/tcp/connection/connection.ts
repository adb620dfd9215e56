/**
 * One proxied connection: two sockets, and a flow in each direction.
 *
 *     client ══ toServer ══► server
 *            ◄══ toClient ══
 */
import type { CompiledTcpFault } from '../../../faults/compile-tcp.js';
import type { TcpEffect } from '../../../faults/fault.js';
import type { TcpConnection } from '../../../faults/operation.js';
import { askInt, SIOCOUTQ, setLinger } from '../../linux/inet-socket.js';
import type { Ending } from '../effects/effect-rule.js';
import { endingOf } from '../effects/effect-rules.js';
import { closeDelay } from '../effects/slow-close.js';
import { timedEnds } from '../effects/timed-ends.js';
import { limits } from '../limits.js';
import { total } from '../tcp-counters.js';
import { type ConnectionFault, countHitOnce } from './connection-fault.js';
import { type Direction, peerWayOf } from './direction.js';
import { Discard } from './discard.js';
import { Flow, type FlowOwner } from './flow.js';
import { flowFaults } from './flow-faults.js';
import { faultedDirections, isOverOnceOpen, meetFault } from './meet-fault.js';
import type { OpenConnection, ProxyRuntime } from './proxy-runtime.js';
import type { ProxySocket } from './proxy-socket.js';
import { callOff, type Timer } from './timers.js';
import { TlsDetector } from './tls-detector.js';

export interface ConnectionOptions {
  readonly facts: TcpConnection;
  readonly client: ProxySocket;
  readonly server: ProxySocket;
  readonly ordinal: number;
  readonly runtime: ProxyRuntime;
  /** What was decided when it was accepted. */
  readonly faults: ReadonlyMap<string, ConnectionFault>;
  readonly onClose: (connection: Connection) => void;
}

export class Connection implements FlowOwner, OpenConnection {
  readonly tls: TlsDetector;
  readonly ordinal: number;
  readonly #toServer: Flow;
  readonly #toClient: Flow;
  #faults: ReadonlyMap<string, ConnectionFault>;
  #state: 'open' | 'failing' | 'closed' = 'open';
  /** Of both sockets, once a fault has ended the connection in order. */
  #discards: readonly Discard[] = [];
  #closeTimer: Timer | null = null;
  /** Runs when a fault ends the connection by its time. */
  #lifeTimer: Timer | null = null;
  readonly #options: ConnectionOptions;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    const { client, server, runtime, ordinal } = options;
    this.ordinal = ordinal;
    this.#faults = options.faults;
    this.tls = new TlsDetector(client);
    this.#toServer = new Flow({
      source: client,
      sink: server,
      owner: this,
      runtime,
      total: total.bytesToServer,
    });
    this.#toClient = new Flow({
      source: server,
      sink: client,
      owner: this,
      runtime,
      total: total.bytesToClient,
    });
    if (this.#faults.size > 0) this.#assign();
    [client.reader, client.writer, server.reader, server.writer] = [
      this.#toServer,
      this.#toClient,
      this.#toClient,
      this.#toServer,
    ];
  }

  /** Begins to carry bytes, or does not get that far. */
  open(): void {
    if (this.#resetsAtOnce()) return;
    this.#toServer.open();
    this.#toClient.open();
  }

  /** What is armed has changed; `armed` are the keys of the faults. */
  applyFaults(faults: readonly CompiledTcpFault[], armed: ReadonlySet<string>): void {
    if (this.#faults.size === 0 && faults.length === 0) return;
    const before = this.#faults;
    const met = new Map<string, ConnectionFault>();
    for (const fault of faults) {
      const one = this.#met(fault, before.get(fault.key) ?? null);
      if (one) met.set(fault.key, one);
    }
    this.#faults = met;
    this.#assign(armed);
    if (this.#state === 'open') this.#resetsAtOnce();
  }

  isLast(flow: Flow): boolean {
    return this.#discards.length === 0 && (flow === this.#toServer ? this.#toClient : this.#toServer).isDone;
  }

  finished(): void {
    if (!this.#toServer.isDone || !this.#toClient.isDone || this.#state === 'closed') return;
    if (this.#discards.every(({ isDone }) => isDone)) this.#closeInOrder();
    else this.#closeLater();
  }

  /** What the other side has still said before it went is passed on first. */
  failed(flow: Flow): void {
    if (this.#state !== 'open') return;
    this.#state = 'failing';
    const { timers, counters, nowMs } = this.#options.runtime;
    const other = flow === this.#toServer ? this.#toClient : this.#toServer;
    other.run();
    const delayMs = closeDelay(flow.faults?.slowCloses ?? [], counters);
    if (delayMs === 0) this.reset();
    else timers.at(nowMs() + delayMs, () => this.reset());
  }

  limitReached(fault: ConnectionFault, flow: Flow): void {
    countHitOnce(fault, this.#options.runtime.counters);
    if (endsBy(fault) === 'reset') {
      flow.halt();
      this.#resetOnceReceived(flow, limits.drainMs);
    } else this.#endInOrder('delivered');
  }

  /** Both sides see RST: every socket here lingers for 0 seconds until it is to be closed in order. */
  reset(): void {
    if (this.#state === 'closed') return;
    this.#options.runtime.counters.add(total.resets, 1);
    this.#close();
  }

  /** What we know of a fault that we knew goes on; the directions may be other ones, as when a name has new addresses. */
  #met(fault: CompiledTcpFault, known: ConnectionFault | null): ConnectionFault | null {
    if (isOverOnceOpen(fault)) return null;
    const { facts, runtime } = this.#options;
    if (known === null) return meetFault(facts, fault, runtime.counters);
    const directions = faultedDirections(facts, fault);
    return directions && Object.assign(known, { fault }, directions);
  }

  /** Gives both flows what they have to apply. */
  #assign(armed: ReadonlySet<string> = new Set(this.#faults.keys())): void {
    const { facts, runtime } = this.#options;
    const of = (direction: Direction) =>
      flowFaults(this.#faults.values(), direction, (fault) =>
        runtime.armed.shaperOf(fault, peerWayOf(direction, facts)),
      );
    this.#toServer.applyFaults(of('toServer'), armed);
    this.#toClient.applyFaults(of('toClient'), armed);
    this.#awaitEnding();
  }

  #awaitEnding(): void {
    callOff(this.#lifeTimer);
    this.#lifeTimer = null;
    if (this.#state !== 'open' || this.#discards.length > 0) return;
    const { timers, nowMs, counters } = this.#options.runtime;
    const [first] = timedEnds(this.#faults.values(), nowMs());
    if (first === undefined) return;
    this.#lifeTimer = timers.at(first.dueMs, () => {
      countHitOnce(first.fault, counters);
      if (endsBy(first.fault) === 'reset') this.reset();
      else this.#endInOrder('cut off');
    });
  }

  #resetsAtOnce(): boolean {
    for (const fault of this.#faults.values()) {
      if (endsBy(fault) !== 'reset' || fault.outcome !== 'hit' || fault.leftBytes > 0) continue;
      countHitOnce(fault, this.#options.runtime.counters);
      this.reset();
      return true;
    }
    return false;
  }

  /**
   * Both sides see an end, and what they still send goes nowhere. What was read still arrives, but for what a
   * `blackhole` holds that cuts the connection off.
   */
  #endInOrder(how: 'delivered' | 'cut off'): void {
    if (this.#discards.length > 0) return;
    const { client, server, runtime } = this.#options;
    this.#discards = [client, server].map((socket) => {
      const discard = new Discard({ socket, runtime, onDone: () => this.finished() });
      socket.reader = discard;
      runtime.schedule(discard);
      return discard;
    });
    for (const flow of [this.#toServer, this.#toClient]) {
      if (how === 'cut off') flow.cutOff();
      else flow.stopReading();
    }
  }

  /** Who has not ended by then is not waited for. */
  #closeLater(): void {
    const { timers, nowMs } = this.#options.runtime;
    this.#closeTimer ??= timers.at(nowMs() + limits.discardMs, () => this.#closeInOrder());
  }

  /** A reset overtakes what the kernel has not sent yet; these bytes were to arrive. */
  #resetOnceReceived(flow: Flow, patienceMs: number): void {
    const { timers, nowMs } = this.#options.runtime;
    if (this.#state === 'closed') return;
    if (patienceMs <= 0 || askInt(flow.sink.fd, SIOCOUTQ) <= 0) this.reset();
    else
      timers.at(nowMs() + limits.drainLookMs, () =>
        this.#resetOnceReceived(flow, patienceMs - limits.drainLookMs),
      );
  }

  #closeInOrder(): void {
    if (this.#state === 'closed') return;
    const { client, server } = this.#options;
    setLinger(client.fd, null);
    setLinger(server.fd, null);
    this.#close();
  }

  #close(): void {
    const { client, server, runtime, onClose } = this.#options;
    this.#state = 'closed';
    this.#toServer.close();
    this.#toClient.close();
    callOff(this.#closeTimer);
    callOff(this.#lifeTimer);
    for (const discard of this.#discards) discard.close();
    for (const socket of [client, server]) {
      [socket.reader, socket.writer] = [null, null];
      runtime.closeLater(socket.fd);
    }
    onClose(this);
  }
}

const endsBy = ({ fault }: ConnectionFault): Ending<TcpEffect>['how'] | undefined =>
  endingOf(fault.effect)?.how;
