/** How full the kernel's table of connections is: once it is, it drops the first packet of every new one. */
import { readIfThere } from '../../linux/read-if-there.js';

export interface Conntrack {
  readonly entries: number;
  readonly most: number;
}

/** Null where it is not to be seen. */
export function readConntrack(): Conntrack | null {
  const entries = readNumber('/proc/sys/net/netfilter/nf_conntrack_count');
  const most = readNumber('/proc/sys/net/netfilter/nf_conntrack_max');
  return entries === null || most === null ? null : { entries, most };
}

/** So full that the next burst of connections may find no room. */
export const isNearlyFull = ({ entries, most }: Conntrack): boolean => entries > most * 0.9;

function readNumber(path: string): number | null {
  const text = readIfThere(path);
  return text === null ? null : Number(text);
}
