/**
 * What must be known after a restart: of each fault since when it is, whether it has ended, what its dice follow from
 * and where it is counted; and what the dice of the next ones follow from.
 */

import { isFaultName } from '../../faults/fault-name.js';
import { limits } from '../../faults/limits.js';
import { type Entries, entryKey, type KeptFault } from './entry.js';
import { type Source, sources } from './fault-request.js';
import { type KeptSeeds, noSeeds } from './fault-seeds.js';
import { registryLimits } from './registry-limits.js';

const formatVersion = 2;

export interface KeptState {
  readonly seeds: KeptSeeds;
  readonly faults: readonly KeptFault[];
}

export const nothingKept: KeptState = { seeds: noSeeds, faults: [] };

/** Every fault that is listed, and those of silent sources as they were. */
export function keptOf(
  entries: Entries,
  before: ReadonlyMap<string, KeptFault>,
  isSilent: (source: Source) => boolean,
): ReadonlyMap<string, KeptFault> {
  const kept = new Map([...before].filter(([, { source }]) => isSilent(source)));
  for (const entry of entries.values()) {
    if (entry.kind === 'refused') continue;
    const { source, name, sentence, startedMs, ended, slot, seed } = entry;
    kept.set(entryKey(entry), { source, name, sentence, startedMs, ended, slot, seed });
  }
  return kept;
}

export function writeKept({ seeds: { seed, armings }, faults }: KeptState): string {
  return `${JSON.stringify({ version: formatVersion, seed, armings: [...armings], faults })}\n`;
}

/** Throws a TypeError or SyntaxError that says what is wrong. */
export function readKept(text: string): KeptState {
  const document: unknown = JSON.parse(text);
  if (!isObject(document) || document['version'] !== formatVersion || !Array.isArray(document['faults'])) {
    throw new TypeError(`not a version ${formatVersion} list of faults`);
  }
  return { seeds: readSeeds(document), faults: document['faults'].map(readKeptFault) };
}

function readSeeds({ seed, armings }: Readonly<Record<string, unknown>>): KeptSeeds {
  if (seed !== null && !isSeed(seed)) throw new TypeError('the seed is none');
  if (!Array.isArray(armings) || armings.length > registryLimits.rememberedNames || !armings.every(isArming))
    throw new TypeError('the names that were armed are no list of names and counts');
  return { seed, armings: new Map(armings) };
}

function isArming(pair: unknown): pair is readonly [string, number] {
  if (!Array.isArray(pair) || pair.length !== 2) return false;
  const [name, count] = pair as readonly unknown[];
  return typeof name === 'string' && isFaultName(name) && Number.isSafeInteger(count) && Number(count) > 0;
}

const isSeed = (value: unknown): value is number => isWholeUpTo(limits.seed, value);
const isSlot = (value: unknown): value is number => isWholeUpTo(limits.faults - 1, value);

const isWholeUpTo = (most: number, value: unknown): boolean =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value <= most;

function readKeptFault(entry: unknown): KeptFault {
  if (!isObject(entry)) throw new TypeError('a kept fault is not an object');
  const { name, sentence, startedMs, slot, seed } = entry;
  const source = sources.find((known) => known === entry['source']);
  const ended = ([null, 'expired', 'disarmed'] as const).find((known) => known === entry['ended']);
  if (source === undefined || ended === undefined)
    throw new TypeError('a kept fault of no known source or end');
  if (typeof name !== 'string' || !isFaultName(name)) throw new TypeError('a kept fault without a name');
  if (typeof sentence !== 'string' || sentence.length > limits.sentenceBytes)
    throw new TypeError(`${name} has no sentence`);
  if (typeof startedMs !== 'number' || !Number.isSafeInteger(startedMs))
    throw new TypeError(`${name} has no start`);
  if (!isSlot(slot) || !isSeed(seed)) throw new TypeError(`${name} has no slot or no seed`);
  return { source, name, sentence, startedMs, ended, slot, seed };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
