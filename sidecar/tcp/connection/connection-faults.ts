/** What is armed, as the proxy's thread knows it, and what of it is about one connection. */

import type { ArmedFault } from '../../../faults/armed-faults.js';
import { type CompiledTcpFault, compileTcp, type KnownPeers } from '../../../faults/compile-tcp.js';
import type { TcpConnection } from '../../../faults/operation.js';
import { PeerSet } from '../../../faults/peer-set.js';
import { Shaper } from '../effects/shaper.js';
import type { TcpCounters } from '../tcp-counters.js';
import type { ConnectionFault, FaultBy, Shapers } from './connection-fault.js';
import type { PeerWay } from './direction.js';
import { isOverOnceOpen, meetFault } from './meet-fault.js';
import { callOff, type Timer, type Timers } from './timers.js';

export interface ConnectionFaultsOptions {
  readonly timers: Timers;
  readonly counters: TcpCounters;
  readonly nowMs: () => number;
  readonly wallMs: () => number;
  /** Whatever is open must meet what is armed now. */
  readonly onChange: () => void;
}

const none: ReadonlyMap<string, ConnectionFault> = new Map();

export class ConnectionFaults {
  faults: readonly CompiledTcpFault[] = [];
  /** Their keys. */
  keys: ReadonlySet<string> = new Set();
  #node = new PeerSet([]);
  readonly #shapers = new Map<string, Shapers>();
  #timer: Timer | null = null;
  readonly #options: ConnectionFaultsOptions;

  constructor(options: ConnectionFaultsOptions) {
    this.#options = options;
  }

  set(faults: readonly ArmedFault[], known: KnownPeers): void {
    this.#node = new PeerSet(known.node);
    this.#arm(compileTcp(faults, known));
  }

  disarm(): void {
    this.#arm([]);
  }

  isNode(address: readonly number[]): boolean {
    return this.#node.has(address);
  }

  /** On a connection that is there: by the keys of the faults. Rolls their dice. */
  faultsOn(connection: TcpConnection): ReadonlyMap<string, ConnectionFault> {
    if (this.faults.length === 0) return none;
    const met = new Map<string, ConnectionFault>();
    for (const fault of this.faults) {
      if (isOverOnceOpen(fault)) continue;
      const one = meetFault(connection, fault, this.#options.counters);
      if (one) met.set(fault.key, one);
    }
    return met;
  }

  /** What shapes the bytes that go that way: one for the connection, or one for all that share the fault. */
  shaperOf({ fault, shapers: own }: FaultBy<'bandwidth'>, way: PeerWay): Shaper {
    const { bytesPerSecond, each } = fault.effect;
    const shapers = each ? own : this.#sharedShapers(fault);
    shapers[way] ??= new Shaper({ bytesPerSecond, ...this.#options });
    return shapers[way];
  }

  #sharedShapers({ key }: CompiledTcpFault): Shapers {
    const shapers = this.#shapers.get(key) ?? {};
    this.#shapers.set(key, shapers);
    return shapers;
  }

  #arm(faults: readonly CompiledTcpFault[]): void {
    this.faults = faults;
    this.keys = new Set(faults.map(({ key }) => key));
    for (const key of this.#shapers.keys()) {
      if (!this.keys.has(key)) this.#shapers.delete(key);
    }
    this.#watchDeadline();
    this.#options.onChange();
  }

  /** A fault ends at its time here too, should the registry have stopped. */
  #watchDeadline(): void {
    callOff(this.#timer);
    const { timers, nowMs, wallMs } = this.#options;
    const next = Math.min(...this.faults.map(({ endsMs }) => endsMs));
    if (!Number.isFinite(next)) return;
    this.#timer = timers.at(nowMs() + Math.max(0, next - wallMs()), () =>
      this.#arm(this.faults.filter(({ endsMs }) => endsMs > next)),
    );
  }
}
