/**
 * The whole of our table as one script for `nft -f`, which applies all of it or nothing. Counters outlive it: what
 * they say when the rules are gone is final.
 */

import { assertNever } from '../../../core/assert-never.js';
import type { KnownPeers } from '../../../faults/compile-tcp.js';
import type { InterceptionConfig } from '../tcp-config.js';
import { countKinds } from '../tcp-counters.js';
import {
  counterName,
  type FaultRules,
  type Hook,
  nodeSets,
  type PacketFault,
  type PeerElements,
  rulesOfFault,
} from './fault-rules.js';
import { type Chain, interceptionChains, type KernelAbility, passingChains } from './interception-rules.js';
import { table } from './table.js';

export interface RulesetInput extends KernelAbility {
  readonly interception: InterceptionConfig;
  readonly faults: readonly PacketFault[];
  readonly known: Pick<KnownPeers, 'node'>;
  readonly nowMs: number;
  /** Serials of faults that have ended since, whose counters were read for the last time. */
  readonly retired: readonly Retired[];
  /** Are there the chains of faults, which every packet would go through? */
  readonly hasHooks: boolean;
  /** Begins with an empty table, whatever somebody left in it. */
  readonly isFresh: boolean;
}

/** What of a fault is in the table. */
export interface Retired {
  readonly serial: number;
  readonly sets: readonly string[];
}

export interface Ruleset {
  readonly script: string;
  /** By serial. */
  readonly sets: ReadonlyMap<number, readonly string[]>;
}

export function rulesetOf(input: RulesetInput): Ruleset {
  const rules = input.faults.map((fault) => rulesOfFault(fault, input));
  const sets = [...nodeSets(input.known), ...rules.flatMap((one) => one.sets)];
  const chains = [
    ...rules.map(({ chain }) => chain),
    ...faultHooks(rules, input.interception),
    ...interceptionChains(input.interception, input),
  ];
  const lines = [
    `add table ${table}`,
    ...(input.isFresh ? [`delete table ${table}`, `add table ${table}`] : [`flush table ${table}`]),
    ...(input.isFresh ? [] : input.retired.flatMap(removal)),
    ...(input.isFresh || !input.hasHooks || rules.length > 0 ? [] : hooks.map(hookRemoval)),
    ...input.faults.flatMap(({ serial }) =>
      countKinds.map((kind) => `add counter ${table} ${counterName(serial, kind)}`),
    ),
    ...sets.flatMap(setLines),
    ...chainLines(chains),
  ];
  return {
    script: `${lines.join('\n')}\n`,
    sets: new Map(
      input.faults.map(({ serial }, index) => [serial, rules[index]?.sets.map(({ name }) => name) ?? []]),
    ),
  };
}

/** In place of whatever is there: no fault, and nothing that is opened is taken. */
export const passingScript = `${[
  ...[`add table ${table}`, `delete table ${table}`, `add table ${table}`],
  ...chainLines(passingChains),
].join('\n')}\n`;

function chainLines(chains: readonly Chain[]): readonly string[] {
  return [
    ...chains.map(({ name, hook }) => `add chain ${table} ${name}${hook === null ? '' : ` { ${hook}; }`}`),
    ...chains.flatMap(({ name, rules }) => rules.map((rule) => `add rule ${table} ${name} ${rule}`)),
  ];
}

function removal({ serial, sets }: Retired): readonly string[] {
  return [
    `delete chain ${table} fault-${serial}`,
    ...sets.map((name) => `delete set ${table} ${name}`),
    ...countKinds.map((kind) => `delete counter ${table} ${counterName(serial, kind)}`),
  ];
}

function setLines({ name, family, elements, timeoutMs }: PeerElements): readonly string[] {
  const type = family === 'ipv4' ? 'ipv4_addr' : 'ipv6_addr';
  const flags = timeoutMs === null ? 'interval' : 'interval, timeout';
  const timed = elements.map((element) =>
    timeoutMs === null ? element : `${element} timeout ${timeoutMs}ms`,
  );
  return [
    `add set ${table} ${name} { type ${type}; flags ${flags}; }`,
    `flush set ${table} ${name}`,
    ...(elements.length === 0 ? [] : [`add element ${table} ${name} { ${timed.join(', ')} }`]),
  ];
}

const hooks: readonly Hook[] = ['arriving', 'departing', 'opening'];

const hookRemoval = (hook: Hook): string => `delete chain ${table} faults-${hook}`;

/** Before connections are tracked and handed to us; packets of ours within the loopback are nobody's. */
function faultHooks(rules: readonly FaultRules[], { readOnlyPort }: InterceptionConfig): readonly Chain[] {
  if (rules.length === 0) return [];
  return hooks.map((hook) => ({
    name: `faults-${hook}`,
    hook: placeOf(hook),
    rules: [
      passes(hook),
      neighbours,
      ...readOnlyPasses(hook, readOnlyPort),
      ...rules.flatMap(({ jumps }) => jumps[hook]),
    ],
  }));
}

function placeOf(hook: Hook): string {
  switch (hook) {
    case 'arriving':
      return 'type filter hook prerouting priority raw';
    case 'departing':
      return 'type filter hook postrouting priority 300';
    case 'opening':
      return 'type filter hook output priority raw';
    default:
      return assertNever(hook);
  }
}

const passes = (hook: Hook): string => (hook === 'arriving' ? 'iif "lo" accept' : 'oif "lo" accept');

/** Who is whom on a link is not the peers' matter: without these no route would be left (RFC 4861). */
const neighbours =
  'icmpv6 type { nd-router-solicit, nd-router-advert, nd-neighbor-solicit, nd-neighbor-advert, nd-redirect } accept';

/** By the read-only port people and controllers see that a fault is off: it must be reached while one is on. */
function readOnlyPasses(hook: Hook, port: number | null): readonly string[] {
  if (port === null) return [];
  return [hook === 'arriving' ? `tcp dport ${port} fib daddr type local accept` : `tcp sport ${port} accept`];
}
