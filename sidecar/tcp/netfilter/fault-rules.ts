/**
 * What the kernel does to packets for one fault. Its peers are elements with a timeout: should everything that
 * could end the fault be dead, the kernel still ends it.
 *
 *     packet ─► from one of its peers? ─► spared? counted ─► matched, counted ─► dice ─► injected, counted ─► drop
 */
import type { CompiledTcpFault, KnownPeers, Reach } from '../../../faults/compile-tcp.js';
import type { TcpEffect } from '../../../faults/fault.js';
import { type Prefix, withoutCovered } from '../../../faults/peer-set.js';
import { writeAddress } from '../../../faults/values/address.js';
import type { OpeningRule, PacketRule } from '../effects/effect-rule.js';
import { ruleOf } from '../effects/effect-rules.js';
import type { InterceptionConfig } from '../tcp-config.js';
import type { CountKind } from '../tcp-counters.js';
import type { Chain } from './interception-rules.js';
import { mark, mask } from './marks.js';

export interface PacketFault {
  readonly fault: CompiledTcpFault;
  /** Names its objects in the table, and no other fault's ever. */
  readonly serial: number;
}

/** Where in the path of packets a rule stands. */
export type Hook = 'arriving' | 'departing' | 'opening';

export interface PeerElements {
  readonly name: string;
  readonly family: 'ipv4' | 'ipv6';
  readonly elements: readonly string[];
  /** Until then they are there; null: for good. */
  readonly timeoutMs: number | null;
}

export interface FaultRules {
  readonly sets: readonly PeerElements[];
  readonly chain: Chain;
  readonly jumps: Readonly<Record<Hook, readonly string[]>>;
}

export const counterName = (serial: number, kind: CountKind): string => `fault-${serial}-${kind}`;

/** Does netfilter apply this fault? Of `refuse`, what the kernel can decide by itself. */
export const isForKernel = ({ effect, trigger }: Pick<CompiledTcpFault, 'effect' | 'trigger'>): boolean =>
  kernelRuleOf(effect)?.isForKernel(trigger) ?? false;

/** Null: the kernel has no part in it. */
function kernelRuleOf(effect: TcpEffect): OpeningRule<TcpEffect> | PacketRule<TcpEffect> | null {
  const rule = ruleOf(effect);
  return rule.on === 'flow' ? null : rule;
}

export interface RuleContext {
  readonly interception: InterceptionConfig;
  readonly nowMs: number;
}

export function rulesOfFault({ fault, serial }: PacketFault, context: RuleContext): FaultRules {
  const timeoutMs = Math.ceil(fault.endsMs - context.nowMs);
  const sides = (['from', 'to'] as const).filter(
    (side) => (side === 'from' ? fault.inward : fault.outward) !== 'none',
  );
  const sets = sides.flatMap((side) => {
    const prefixes = prefixesOf(side === 'from' ? fault.inward : fault.outward);
    return families.map((family) => ({
      name: setName(serial, side, family),
      family,
      elements: elementsOf(prefixes, family),
      timeoutMs,
    }));
  });
  const jumps: Record<Hook, readonly string[]> = { arriving: [], departing: [], opening: [] };
  for (const side of sides) {
    const hook = hookOf(fault.effect, side);
    jumps[hook] = [...jumps[hook], ...jumpsOf({ fault, serial }, side, context)];
  }
  return { sets, chain: chainOf({ fault, serial }), jumps };
}

/** The addresses that are spared. */
export function nodeSets({ node }: Pick<KnownPeers, 'node'>): readonly PeerElements[] {
  return families.map((family) => ({
    name: nodeSet(family),
    family,
    elements: elementsOf(node, family),
    timeoutMs: null,
  }));
}

const families = ['ipv4', 'ipv6'] as const;
type Family = (typeof families)[number];
type Side = 'from' | 'to';

const setName = (serial: number, side: Side, family: Family): string => `fault-${serial}-${side}-${family}`;
const nodeSet = (family: Family): string => `node-${family}`;
const everybody: readonly Prefix[] = [
  { bytes: [0, 0, 0, 0], bits: 0 },
  { bytes: new Array<number>(16).fill(0), bits: 0 },
];

function prefixesOf(reach: Reach): readonly Prefix[] {
  if (reach === 'none') return [];
  return reach === 'all' ? everybody : reach.prefixes;
}

/** Overlapping elements are an error to nft; IPv4 has 4 bytes. */
function elementsOf(prefixes: readonly Prefix[], family: Family): readonly string[] {
  const bytes = family === 'ipv4' ? 4 : 16;
  return withoutCovered(prefixes.filter((prefix) => prefix.bytes.length === bytes)).map(
    (prefix) => `${writeAddress(prefix.bytes)}/${prefix.bits}`,
  );
}

/** A connection is refused where its first packet is seen; packets are dropped where they come from or go to. */
function hookOf(effect: TcpEffect, side: Side): Hook {
  if (side === 'from') return 'arriving';
  return ruleOf(effect).on === 'opening' ? 'opening' : 'departing';
}

function jumpsOf({ fault, serial }: PacketFault, side: Side, context: RuleContext): readonly string[] {
  const field = side === 'from' ? 'saddr' : 'daddr';
  const ports = portMatches(fault, side, context);
  return families.flatMap((family) =>
    ports.flatMap((port) => {
      const ip = family === 'ipv4' ? 'ip' : 'ip6';
      const peer = `${ip} ${field} @${setName(serial, side, family)}${port}`;
      if (fault.reachesNode) return [`${peer} jump fault-${serial}`];
      const node = `${ip} ${field} @${nodeSet(family)}`;
      return [
        `${peer} ${node} counter name ${counterName(serial, 'exempted')}`,
        `${peer} ${ip} ${field} != @${nodeSet(family)} jump fault-${serial}`,
      ];
    }),
  );
}

/** Of `partition` and `loss`: either end of a connection to that port. */
function portMatches(fault: CompiledTcpFault, side: Side, { interception }: RuleContext): readonly string[] {
  const ports = fault.ports === null ? null : `{ ${[...fault.ports].join(', ')} }`;
  if (ruleOf(fault.effect).on !== 'opening') {
    const both = ['dport', 'sport'].map((end) => ` meta l4proto { tcp, udp } th ${end} ${ports}`);
    return ports === null ? [''] : both;
  }
  const { inboundPorts, outboundPorts } = interception;
  const proxied = side === 'from' ? inboundPorts : outboundPorts;
  const refused = proxied.filter((port) => fault.ports?.has(port) ?? true);
  const isFirst = 'tcp flags & (syn | ack) == syn';
  const isTheirs = side === 'from' ? '' : ` meta mark & ${mask} != ${mark.ours}`;
  if (refused.length === 0) return [];
  return [` ${isFirst}${isTheirs} tcp dport { ${refused.join(', ')} }`];
}

function chainOf({ fault, serial }: PacketFault): Chain {
  const { effect, trigger } = fault;
  const rule = kernelRuleOf(effect);
  if (rule === null) throw new TypeError(`the kernel has no rule for ${effect.kind}`);
  const chance = rule.chanceOf(effect, trigger);
  return {
    name: `fault-${serial}`,
    hook: null,
    rules: [
      `counter name ${counterName(serial, 'matched')}`,
      ...(trigger.every > 1 ? [`numgen inc mod ${trigger.every} != ${trigger.every - 1} return`] : []),
      ...(chance < 1 ? [`numgen random mod ${chances} >= ${Math.round(chance * chances)} return`] : []),
      `counter name ${counterName(serial, 'injected')} ${rule.statement}`,
    ],
  };
}

/** Dice with so many sides: `limits.chance` is one in a million. */
const chances = 1_000_000;
