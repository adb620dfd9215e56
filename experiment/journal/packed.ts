/**
 * A journal as a cluster keeps it, in the `binaryData` of a ConfigMap: parts of compressed lines, by keys in their order.
 *
 *     lines ─ gzip ─ base64 ─► 000000.jsonl.gz, 000001.jsonl.gz ... ─► lines
 */
import { gunzipSync, gzipSync } from 'node:zlib';
import { messageOf } from '../../core/havoc-error.js';
import { type JournalReading, readJournal } from './read-journal.js';

/** By their keys. */
export type JournalParts = Readonly<Record<string, string>>;

/** Of all parts: what is larger was not written by us. */
const mostUnpackedBytes = 64 * 1024 * 1024;

/** Of the ConfigMap, in the namespace of the run. */
export const journalName = (experiment: string): string => `${experiment}-journal`;

/** Of the part after all of these, also where some of them were made one. */
export function nextKey(parts: JournalParts): string {
  const last = Math.max(-1, ...Object.keys(parts).map((key) => Number.parseInt(key, 10)));
  return `${String(last + 1).padStart(6, '0')}.jsonl.gz`;
}

/** At once: a part is a few kilobytes. */
export const packed = (text: string): string => gzipSync(text).toString('base64');

/** Throws where a part is not what was written. */
export function unpacked(parts: JournalParts): string {
  let left = mostUnpackedBytes;
  return Object.entries(parts)
    .toSorted(byKey)
    .map(([, part]) => {
      const bytes = gunzipSync(Buffer.from(part, 'base64'), { maxOutputLength: left });
      left -= bytes.length;
      return bytes.toString('utf8');
    })
    .join('');
}

/** Never throws, whatever the parts. */
export function readPacked(parts: JournalParts): JournalReading {
  let text: string;
  try {
    text = unpacked(parts);
  } catch (error) {
    return { kind: 'problem', line: 1, message: messageOf(error) };
  }
  return readJournal(text);
}

const byKey = ([one]: readonly [string, string], [other]: readonly [string, string]): number =>
  one < other ? -1 : 1;
