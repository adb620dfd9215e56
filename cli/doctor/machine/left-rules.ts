/**
 * Check `rules`: our nft table, routing rule and routes in this network namespace, and whether somebody still needs
 * them. The rules lead to sockets of a supervisor: while one of those listens, they are somebody's.
 */

import { readIfThere } from '../../../sidecar/linux/read-if-there.js';
import { routeTable, rulePriority } from '../../../sidecar/tcp/netfilter/marks.js';
import { hasIpv6 } from '../../../sidecar/tcp/netfilter/routes.js';
import { table } from '../../../sidecar/tcp/netfilter/table.js';
import { askChild, complaintOf } from '../ask-child.js';
import type { Check } from '../check.js';
import { broken, type Judgement, ok, unknown, warning } from '../finding.js';
import { findProcesses, type SeenProcess } from './processes.js';

export interface RuleFacts {
  /** The table as `nft list table` writes it; null: there is none. Or why it could not be asked for. */
  readonly table:
    | { readonly kind: 'text'; readonly text: string | null }
    | { readonly kind: 'unseen'; readonly why: string };
  /** Families whose rule, or whose table of routes, is there: `-4`, `-6`. */
  readonly routed: readonly ('-4' | '-6')[];
  /** TCP ports that somebody of this network namespace listens on. */
  readonly listening: ReadonlySet<number>;
  /** Of ours, in this network namespace, as far as they can be seen. */
  readonly supervisors: number;
}

export const leftRules: Check = { name: 'rules', look: async () => judgeRules(await gather()) };

async function gather(): Promise<RuleFacts> {
  const [found, ...routed] = await Promise.all([
    findTable(),
    isRouted('-4'),
    ...(hasIpv6() ? [isRouted('-6')] : []),
  ]);
  const families = (['-4', '-6'] as const).filter((_, index) => routed[index] === true);
  return {
    table: found,
    routed: families,
    listening: listeningPorts(
      ['/proc/net/tcp', '/proc/net/tcp6'].map((file) => readIfThere(file) ?? '').join('\n'),
    ),
    supervisors: findProcesses().filter(isSupervisor).length,
  };
}

const isSupervisor = ({ name, sharesNetwork }: SeenProcess): boolean =>
  sharesNetwork !== false && /^havock8s-(local|supervisor)/.test(name);

async function findTable(): Promise<RuleFacts['table']> {
  const tables = await listed('tables');
  if (tables.kind === 'unseen') return tables;
  if (!tables.text.split('\n').includes(`table ${table}`)) return { kind: 'text', text: null };
  return listed('table', ...table.split(' '));
}

/** What `nft list` says, or why it does not. */
async function listed(
  ...what: readonly string[]
): Promise<
  { readonly kind: 'text'; readonly text: string } | { readonly kind: 'unseen'; readonly why: string }
> {
  const answer = await askChild(['nft', 'list', ...what]);
  const complaint = complaintOf(answer, 'nft');
  if (complaint !== null || answer.kind !== 'ended') return { kind: 'unseen', why: complaint ?? '' };
  return { kind: 'text', text: answer.stdout };
}

async function isRouted(family: '-4' | '-6'): Promise<boolean> {
  const [rules, routes] = await Promise.all([
    askChild(['ip', family, 'rule', 'show', 'priority', String(rulePriority)]),
    // A table without routes is not a table to iproute2, and an error.
    askChild(['ip', family, 'route', 'show', 'table', String(routeTable)]),
  ]);
  const said = (answer: typeof rules): string => (answer.kind === 'ended' ? answer.stdout : '');
  return said(rules).includes(`lookup ${routeTable}`) || said(routes).includes('local default');
}

/** Of proc_pid_net_tcp: state 0A is LISTEN, ports are hexadecimal. */
export function listeningPorts(text: string): ReadonlySet<number> {
  const ports = [...text.matchAll(/^\s*\d+: [0-9A-F]+:([0-9A-F]{4}) \S+ 0A /gm)].map(([, port = '']) =>
    Number.parseInt(port, 16),
  );
  return new Set(ports);
}

/** Where TPROXY hands connections over. */
export const doorsOf = (text: string): readonly number[] =>
  [...text.matchAll(/tproxy (?:ip|ip6) to (?:127\.0\.0\.1|\[::1\]):(\d+)/g)].map(([, port]) => Number(port));

export function judgeRules({
  table: found,
  routed,
  listening,
  supervisors,
}: RuleFacts): readonly Judgement[] {
  if (found.kind === 'unseen' && routed.length === 0)
    return [
      unknown({
        found: `the nft table cannot be seen: ${found.why}; of our routes there are none`,
        mend: ['as root, or with CAP_NET_ADMIN: havock8s doctor'],
      }),
    ];
  const text = found.kind === 'text' ? found.text : null;
  const doors = text === null ? [] : doorsOf(text);
  const open = doors.filter((port) => listening.has(port));
  if (open.length > 0)
    return [ok(`table ${table} is there, and whoever made it listens (port ${open.join(', ')})`)];
  if (text !== null) return [leftTable(text)];
  if (routed.length === 0) return [ok(`no table ${table}, no rule and no routes of ours`)];
  if (supervisors > 0)
    return [ok('a rule and routes of ours, of a sidecar whose fault proxies are not serving now')];
  return [
    warning({
      found: `a routing rule and table ${routeTable} of ours, and no process that would need them`,
      follows: 'without our marks they lead nobody anywhere: they do no harm',
      mend: [removalOf(found.kind === 'unseen')],
    }),
  ];
}

function leftTable(text: string): Judgement {
  const outgoing = /hand-over-outbound \{[^}]*tproxy/.test(text);
  return broken({
    found: `table ${table} is left, and nobody listens where it leads: whoever made it was killed`,
    follows: outgoing
      ? 'what goes out to the ports that it intercepts is reset; what comes in passes'
      : 'what comes in passes; packets that a fault drops are dropped until the fault ends',
    mend: [removalOf(true)],
  });
}

function removalOf(withTable: boolean): string {
  const families = hasIpv6() ? ['ip', 'ip -6'] : ['ip'];
  const routes = families.flatMap((ip) => [
    `${ip} rule del priority ${rulePriority}`,
    `${ip} route flush table ${routeTable}`,
  ]);
  return [...(withTable ? [`nft delete table ${table}`] : []), ...routes].join('; ');
}
