/** What must be known of a fault after a restart: since when it is, and whether it has ended. */

import { isFaultName } from '../../faults/fault-name.js';
import { limits } from '../../faults/limits.js';
import { type Entries, entryKey, type KeptFault } from './entry.js';
import { type Source, sources } from './statement.js';

const formatVersion = 1;

/** Every fault that is listed, and those of silent sources as they were. */
export function keptOf(
  entries: Entries,
  before: ReadonlyMap<string, KeptFault>,
  isSilent: (source: Source) => boolean,
): ReadonlyMap<string, KeptFault> {
  const kept = new Map([...before].filter(([, { source }]) => isSilent(source)));
  for (const entry of entries.values()) {
    if (entry.kind === 'refused') continue;
    const { source, name, sentence, startedMs, ended } = entry;
    kept.set(entryKey(entry), { source, name, sentence, startedMs, ended });
  }
  return kept;
}

export function writeKeptFaults(faults: readonly KeptFault[]): string {
  return `${JSON.stringify({ version: formatVersion, faults })}\n`;
}

/** Throws a TypeError or SyntaxError that says what is wrong. */
export function readKeptFaults(text: string): readonly KeptFault[] {
  const document: unknown = JSON.parse(text);
  if (!isObject(document) || document['version'] !== formatVersion || !Array.isArray(document['faults'])) {
    throw new TypeError(`not a version ${formatVersion} list of faults`);
  }
  return document['faults'].map(readKeptFault);
}

function readKeptFault(entry: unknown): KeptFault {
  if (!isObject(entry)) throw new TypeError('a kept fault is not an object');
  const { name, sentence, startedMs } = entry;
  const source = sources.find((known) => known === entry['source']);
  const ended = ([null, 'expired', 'disarmed'] as const).find((known) => known === entry['ended']);
  if (source === undefined || ended === undefined)
    throw new TypeError('a kept fault of no known source or end');
  if (typeof name !== 'string' || !isFaultName(name)) throw new TypeError('a kept fault without a name');
  if (typeof sentence !== 'string' || sentence.length > limits.sentenceBytes)
    throw new TypeError(`${name} has no sentence`);
  if (typeof startedMs !== 'number' || !Number.isSafeInteger(startedMs))
    throw new TypeError(`${name} has no start`);
  return { source, name, sentence, startedMs, ended };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
