/** What this process may do, as the kernel says. */
import { readFileSync } from 'node:fs';

/** CAP_SYS_ADMIN: root has it, but in a container often not. */
export const mayMount = (): boolean => has(21n);

/** CAP_NET_ADMIN, over the network namespace that we are in. */
export const mayAdministerNetwork = (): boolean => has(12n);

function has(capability: bigint): boolean {
  const status = readFileSync('/proc/self/status', 'utf8');
  const effective = /^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1];
  return effective !== undefined && ((BigInt(`0x${effective}`) >> capability) & 1n) === 1n;
}
