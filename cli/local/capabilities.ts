/** What this process may do, as the kernel says. */
import { readFileSync } from 'node:fs';

/** CAP_SYS_ADMIN, bit 21: root has it, but in a container often not. */
export function mayMount(): boolean {
  const status = readFileSync('/proc/self/status', 'utf8');
  const effective = /^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1];
  return effective !== undefined && ((BigInt(`0x${effective}`) >> 21n) & 1n) === 1n;
}
