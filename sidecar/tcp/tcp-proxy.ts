/**
 * The TCP proxy: what the registry sees of it.
 *
 *    armed ─► names looked up ─┬─► the proxy's thread   what happens to the bytes of connections
 *                              └─► netfilter            what happens to packets; what is handed to the proxy
 *
 * Both are computed from all armed faults each time, so that no fault can undo another.
 */
import type { Logger } from 'pino';
import { systemClock } from '../../core/clock.js';
import type { ErrorCode } from '../../core/error-codes.js';
import { writeHostAndPort } from '../../core/host-and-port.js';
import type { ArmedFaults } from '../../faults/armed-faults.js';
import { compileTcp, type KnownPeers } from '../../faults/compile-tcp.js';
import type { Fault } from '../../faults/fault.js';
import type { Prefix } from '../../faults/peer-set.js';
import { readAddress, writeAddress } from '../../faults/values/address.js';
import { peersOf } from '../../faults/values/peer.js';
import type { Endpoint } from '../linux/inet-socket.js';
import type { DescriptorBudget } from '../proxy/descriptor-budget.js';
import { heartbeatFd } from '../proxy/heartbeat.js';
import type { FaultApplier, Tallies, Traffic } from '../registry/fault-applier.js';
import { listenersOf, ProxyPort } from './connection/proxy-port.js';
import { readConntrack } from './netfilter/conntrack.js';
import { Netfilter } from './netfilter/netfilter.js';
import { FollowedNames } from './peers/followed-names.js';
import { addressesOf, ownDomain } from './peers/look-up.js';
import { nodePrefixes } from './peers/node-addresses.js';
import { refusalOf } from './refusal.js';
import type { InterceptionConfig, TcpConfig } from './tcp-config.js';
import { TcpCounters, type Total, total } from './tcp-counters.js';
import type { InterceptionStatus, TcpStatus } from './tcp-status.js';

export interface TcpProxyOptions {
  readonly config: TcpConfig;
  readonly descriptors: DescriptorBudget;
  readonly log: Logger;
  readonly onCrash: (code: ErrorCode, message: string, stack: string) => void;
  /** The proxy is gone: the process must end, so that another takes over. */
  readonly onDeath: (error: Error) => void;
}

export class TcpProxy implements FaultApplier {
  readonly name = 'tcp';
  readonly #counters: TcpCounters;
  readonly #proxy: ProxyPort;
  readonly #netfilter: Netfilter | null;
  readonly #names: FollowedNames;
  readonly #node: readonly Prefix[];
  #armed: ArmedFaults = { version: 0, faults: [] };
  #crashCode: string | null = null;
  #isServing = false;
  /** The proxy takes connections from its first armed faults on. */
  #isTaking = false;
  /** One after the other, each from what is the newest then. */
  #publishing: Promise<void> = Promise.resolve();
  readonly #options: TcpProxyOptions;

  constructor(options: TcpProxyOptions) {
    this.#options = options;
    const { config, log } = options;
    this.#counters = new TcpCounters(config.countersFd);
    this.#counters.add(total.starts, 1);
    // What was open or held died with the fault proxy before.
    for (const gone of [total.open, total.held]) this.#counters.set(gone, 0);
    this.#proxy = new ProxyPort({
      listeners: listenersOf(config),
      countersFd: config.countersFd,
      descriptors: options.descriptors,
      heartbeatFd,
      onCrash: (message, stack) => this.#crash(message, stack),
      onDeath: options.onDeath,
    });
    const { interception } = config;
    this.#node = interception === null ? [] : nodePrefixes(interception.nodeAddresses);
    this.#netfilter =
      interception === null
        ? null
        : new Netfilter({ interception, counters: this.#counters, log, clock: systemClock });
    const domain = ownDomain();
    this.#names = new FollowedNames({
      clock: systemClock,
      lookUp: (name) => addressesOf(name, domain),
      onChange: () => void this.#publish().catch((error: unknown) => this.#lose(error)),
    });
  }

  /**
   * Begins to take connections, under the faults that were applied last: not before the rules are there by which the
   * answers of servers find back to us.
   */
  async serve(): Promise<void> {
    await this.#proxy.ready;
    this.#isServing = true;
    await this.#followNames();
    await this.#publish();
  }

  refusal(fault: Fault): string | null {
    return refusalOf(fault, this.#options.config);
  }

  async apply(armed: ArmedFaults): Promise<void> {
    if (armed.version < this.#armed.version) return;
    this.#armed = armed;
    if (!this.#isServing) return;
    await this.#followNames();
    await this.#publish();
  }

  tallies(slot: number): Tallies {
    const matches = this.#counters.countOf(slot, 'matches');
    return { ...matches, passed: Math.max(0, matches.matched - matches.injected) };
  }

  traffic(slot: number): Traffic {
    return {
      connections: this.#counters.countOf(slot, 'connections'),
      bytes: this.#counters.countOf(slot, 'bytes'),
    };
  }

  resetTallies(slot: number): void {
    this.#netfilter?.forget(slot);
    this.#counters.reset(slot);
  }

  /** What a person should know of a fault beside its tallies. */
  remarks(fault: Fault): readonly string[] {
    return namesOf(fault)
      .filter((name) => (this.#names.addresses.get(name) ?? []).length === 0)
      .map((name) => `${name} has no address, and matches nothing`);
  }

  status(): TcpStatus {
    const of = (what: Total): number => this.#counters.total(what);
    const { forwards, interception } = this.#options.config;
    return {
      forwards: forwards.map(({ host, port, upstream }) => ({
        listen: writeHostAndPort({ host, port }),
        upstream: writeHostAndPort(upstream),
      })),
      interception: interception === null ? null : this.#describe(interception),
      restarts: Math.max(0, of(total.starts) - 1),
      open: of(total.open),
      accepted: of(total.accepted),
      upstreamFailures: of(total.upstreamFailures),
      resets: of(total.resets),
      bytesUp: of(total.bytesToServer),
      bytesDown: of(total.bytesToClient),
      heldBytes: of(total.held),
      exhausted: of(total.exhausted),
      disarmedBy: this.#crashCode,
    };
  }

  /** Nothing is taken any more, and what would be goes direct. What is open goes on. */
  async drain(): Promise<void> {
    this.#names.close();
    await this.#publishing.catch(() => {});
    await this.#netfilter?.close();
    await this.#proxy.stopListening();
  }

  #describe({ inboundPorts, outboundPorts }: InterceptionConfig): InterceptionStatus {
    return {
      inboundPorts,
      outboundPorts,
      node: this.#node.map(({ bytes }) => writeAddress(bytes)),
      mended: this.#netfilter?.mended ?? 0,
      conntrack: readConntrack(),
    };
  }

  #followNames(): Promise<void> {
    const upstreams = this.#options.config.forwards.map(({ upstream }) => upstream.host);
    const names = [...this.#armed.faults.flatMap(({ fault }) => namesOf(fault)), ...upstreams.filter(isName)];
    return this.#names.follow(new Set(names));
  }

  #publish(): Promise<void> {
    this.#publishing = this.#publishing.catch(() => {}).then(() => this.#publishNow());
    return this.#publishing;
  }

  async #publishNow(): Promise<void> {
    const known: KnownPeers = { names: this.#names.addresses, node: this.#node };
    const faults = compileTcp(this.#armed.faults, known);
    const ruled = this.#netfilter?.apply({ faults, known });
    if (!this.#isTaking) await ruled;
    this.#isTaking = true;
    await Promise.all([
      this.#proxy.publish({ faults: this.#armed.faults, known, upstreams: this.#upstreams() }),
      ruled,
    ]);
  }

  #upstreams(): ReadonlyMap<string, readonly Endpoint[]> {
    const upstreams = new Map<string, readonly Endpoint[]>();
    for (const { upstream } of this.#options.config.forwards) {
      const bytes = readAddress(upstream.host);
      const found = bytes ? [{ bytes }] : (this.#names.addresses.get(upstream.host) ?? []);
      const endpoints = found.map((one) => ({ bytes: one.bytes, port: upstream.port, scope: 0 }));
      upstreams.set(writeHostAndPort(upstream), endpoints);
    }
    return upstreams;
  }

  #crash(message: string, stack: string): void {
    this.#crashCode ??= 'sidecar.bug';
    this.#options.onCrash('sidecar.bug', message, stack);
  }

  /** Nobody knows any more what is in force. */
  #lose(error: unknown): void {
    const { message, stack = '' } = error instanceof Error ? error : new Error(String(error));
    this.#crash(message, stack);
  }
}

function namesOf(fault: Fault): readonly string[] {
  if (fault.plane !== 'tcp') return [];
  return peersOf(fault.match).flatMap((peer) => (peer.kind === 'name' ? [peer.name] : []));
}

const isName = (host: string): boolean => readAddress(host) === null;
