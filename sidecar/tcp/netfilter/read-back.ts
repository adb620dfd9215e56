/** What `nft -j list table` says: the counters, and a fingerprint of everything else. */
import { HavocError } from '../../../core/havoc-error.js';

export interface TableReading {
  readonly counters: ReadonlyMap<string, PacketCount>;
  /** The same for the same rules, however much they have counted. */
  readonly fingerprint: string;
}

export interface PacketCount {
  readonly packets: number;
  readonly bytes: number;
}

export function readTable(json: string): TableReading {
  const counters = new Map<string, PacketCount>();
  const rest: string[] = [];
  for (const item of itemsOf(json)) {
    const counter = counterOf(item);
    if (counter === null) rest.push(JSON.stringify(item, stable));
    else counters.set(counter.name, counter);
  }
  return { counters, fingerprint: rest.join('\n') };
}

/** Numbers that the kernel gives out again, and time that passes, are left out. */
function stable(key: string, value: unknown): unknown {
  return key === 'handle' || key === 'expires' || key === 'metainfo' ? undefined : value;
}

function itemsOf(json: string): readonly unknown[] {
  const parsed: unknown = JSON.parse(json);
  if (isRecord(parsed) && Array.isArray(parsed['nftables'])) return parsed['nftables'];
  throw new HavocError('netfilter.failed', 'nft -j did not answer with a list');
}

function counterOf(item: unknown): (PacketCount & { readonly name: string }) | null {
  if (!isRecord(item) || !isRecord(item['counter'])) return null;
  const { name, packets, bytes } = item['counter'];
  const isWhole = typeof name === 'string' && typeof packets === 'number' && typeof bytes === 'number';
  return isWhole ? { name, packets, bytes } : null;
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;
