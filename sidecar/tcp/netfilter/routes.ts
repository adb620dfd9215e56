/**
 * One routing rule and one table for each family: what is marked is delivered here, whatever its address says.
 * Removing them, and our nft table, is all there is to undo.
 */
import { existsSync } from 'node:fs';
import { hasCode } from '../../../core/havoc-error.js';
import { run } from './command.js';
import { mark, mask, routeTable, rulePriority } from './marks.js';
import { passingScript } from './ruleset.js';
import { table } from './table.js';

const families = ['-4', '-6'] as const;
type Family = (typeof families)[number];

const rule = [
  'fwmark',
  `${mark.divert}/${mask}`,
  'lookup',
  String(routeTable),
  'priority',
  String(rulePriority),
];

export const hasIpv6 = (): boolean => existsSync('/proc/net/if_inet6');

/**
 * What is there already stays, without a gap: connections that are open may need it at this very moment. Packets of the
 * server that find no way back here go to the client, who knows nothing of them and resets, and nobody tells us.
 */
export async function addRoutes(): Promise<void> {
  await Promise.all(presentFamilies().flatMap((family) => [addRoute(family), addRule(family)]));
}

const addRoute = (family: Family): Promise<string> =>
  run('ip', [family, 'route', 'replace', 'local', 'default', 'dev', 'lo', 'table', String(routeTable)]);

async function addRule(family: Family): Promise<void> {
  if (isOurs(await shownRules(family))) return;
  await removeRules(family);
  await run('ip', [family, 'rule', 'add', ...rule]);
}

const shownRules = (family: Family): Promise<string> =>
  run('ip', [family, 'rule', 'show', 'priority', String(rulePriority)]);

/** The one, once, and as it is to be. */
const isOurs = (shown: string): boolean =>
  shown.trim().endsWith(wanted) && shown.trim().split('\n').length === 1;

const wanted = `fwmark 0x${mark.divert.toString(16)}/0x${mask.toString(16)} lookup ${routeTable}`;

/** Are they all there? */
export async function hasRoutes(): Promise<boolean> {
  for (const family of presentFamilies()) {
    const rules = await shownRules(family);
    const routes = await run('ip', [family, 'route', 'show', 'table', String(routeTable)]).catch(orNothing);
    if (!isOurs(rules) || !routes.includes('local default')) return false;
  }
  return true;
}

/**
 * Takes everything of ours out of this network namespace: connections go direct from then on. Rejects only where it
 * may not, or `nft` or `ip` is missing; what is not there is gone already.
 */
export async function rollBack(): Promise<void> {
  await run('nft', ['-f', '-'], `add table ${table}\ndelete table ${table}\n`);
  for (const family of presentFamilies()) {
    await removeRules(family);
    await run('ip', [family, 'route', 'flush', 'table', String(routeTable)]).catch(orNothing);
  }
}

/**
 * New connections go direct from then on, and no fault is in force. One transaction: a fault proxy that comes back at
 * the same moment finds all of its rules or none of them, and makes them again.
 */
export async function letPass(): Promise<void> {
  await run('nft', ['-f', '-'], passingScript);
}

/** However often it was added. */
async function removeRules(family: Family): Promise<void> {
  for (let left = mostRules; left > 0; left--) {
    const shown = await shownRules(family);
    if (!shown.includes(`lookup ${routeTable}`)) return;
    await run('ip', [family, 'rule', 'del', ...rule]);
  }
}

const mostRules = 16;

const presentFamilies = (): readonly Family[] => families.filter((family) => family === '-4' || hasIpv6());

/** A table without routes is not a table to iproute2. */
function orNothing(error: unknown): string {
  if (hasCode(error, 'netfilter.failed')) return '';
  throw error;
}
