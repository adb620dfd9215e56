/**
 * TCP faults made ready: peers become addresses, and each fault says which ways of a connection it is about.
 *
 *     from PEERS ─► inward   what comes in from them
 *     to PEERS   ─► outward  what goes out to them
 *     with PEERS ─► both;  no peers ─► both, of every connection
 */
import { assertNever } from '../core/assert-never.js';
import type { ArmedFault } from './armed-faults.js';
import type { Peer, TcpEffect, TcpMatch, Trigger } from './fault.js';
import type { TcpConnection } from './operation.js';
import { PeerSet, type Prefix } from './peer-set.js';
import { readAddress } from './values/address.js';
import { peersOf } from './values/peer.js';

export interface CompiledTcpFault<E extends TcpEffect = TcpEffect> {
  /** Tells this arming of this fault from every other, whatever slot it has. */
  readonly key: string;
  readonly slot: number;
  readonly seed: number;
  readonly endsMs: number;
  readonly effect: E;
  readonly trigger: Trigger;
  /** Null: every port. */
  readonly ports: ReadonlySet<number> | null;
  readonly inward: Reach;
  readonly outward: Reach;
  /** Does the sentence name the node? Else it is spared. */
  readonly reachesNode: boolean;
}

/** Which peers one way of their connections is faulted for. */
export type Reach = 'all' | 'none' | PeerSet;

/** The addresses that names had when they were last looked up, and those of the pod's host and gateway. */
export interface KnownPeers {
  readonly names: ReadonlyMap<string, readonly Prefix[]>;
  readonly node: readonly Prefix[];
}

export interface Ways {
  readonly inward: boolean;
  readonly outward: boolean;
}

/** Faults of other planes are left out. */
export function compileTcp(faults: readonly ArmedFault[], known: KnownPeers): readonly CompiledTcpFault[] {
  return faults.flatMap((armed) => {
    const { name, fault, slot, seed, endsMs } = armed;
    if (fault.plane !== 'tcp') return [];
    const { effect, match, trigger } = fault;
    const key = `${slot} ${endsMs} ${name}`;
    const ports = match.ports === undefined ? null : new Set(match.ports);
    const [inward, outward] = reachesOf(match, known);
    const reachesNode = peersOf(match).some(({ kind }) => kind === 'node');
    return [{ key, slot, seed, endsMs, effect, trigger, ports, inward, outward, reachesNode }];
  });
}

/** Which ways of this connection the fault is about, the node's sparing left aside. */
export function waysOf(fault: CompiledTcpFault, { port, peer }: TcpConnection): Ways {
  if (fault.ports !== null && !fault.ports.has(port)) return neither;
  return { inward: reaches(fault.inward, peer), outward: reaches(fault.outward, peer) };
}

/** Would it be faulted, if it were not the node's? */
export const isSpared = (fault: CompiledTcpFault, { isNode }: TcpConnection): boolean =>
  isNode && !fault.reachesNode;

const neither: Ways = { inward: false, outward: false };

function reachesOf(match: TcpMatch, known: KnownPeers): readonly [Reach, Reach] {
  const { from, to, with: both } = match;
  if (both !== undefined) {
    const set = setOf(both, known);
    return [set, set];
  }
  if (from === undefined && to === undefined) return ['all', 'all'];
  return [from === undefined ? 'none' : setOf(from, known), to === undefined ? 'none' : setOf(to, known)];
}

function reaches(reach: Reach, peer: readonly number[]): boolean {
  return reach === 'all' || (reach !== 'none' && reach.has(peer));
}

function setOf(peers: readonly Peer[], known: KnownPeers): PeerSet {
  return new PeerSet(peers.flatMap((peer) => prefixesOf(peer, known)));
}

/** Labels and targets have none: the sidecar refuses them. */
function prefixesOf(peer: Peer, { names, node }: KnownPeers): readonly Prefix[] {
  switch (peer.kind) {
    case 'address':
      return [prefixOf(peer.address)];
    case 'range':
      return [prefixOf(peer.address, peer.prefixBits)];
    case 'name':
      return names.get(peer.name) ?? [];
    case 'node':
      return node;
    case 'labels':
    case 'target':
      return [];
    default:
      return assertNever(peer);
  }
}

/** Of an address as `parse` gives it. */
function prefixOf(address: string, bits?: number): Prefix {
  const bytes = readAddress(address);
  if (bytes === null) throw new TypeError(`${address} is not an address`);
  return { bytes, bits: bits ?? bytes.length * 8 };
}
