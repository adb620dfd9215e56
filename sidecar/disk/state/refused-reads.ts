/**
 * Reads into the page cache that a fault refused. The kernel shows nobody what it is answered to a read ahead: it asks
 * again for the page that a program is waiting for, and that answer is shown. So the first request for one of these pages
 * is refused as well, and is not a second hit.
 *
 *     entry (8 words): used | version of the armed faults | nodeid (2) | first page (2) | pages | errno
 *
 * In page 0 of the volume's state, for all its threads. The newest `places` are kept. What was refused under other armed
 * faults counts no more.
 */
import type { PageRange } from '../wire/exchange.js';
import { pageBytes } from '../wire/sizes.js';
import type { VolumeState } from './volume-state.js';

export const refusedReadsAt = 512;
const places = 63;
const entryWords = 8;
const at = { used: 0, version: 1, nodeid: 2, first: 4, pages: 6, errno: 7 } as const;
/** Which place is next: the last word of the page. */
const nextAt = refusedReadsAt + places * entryWords;
const high = 2 ** 32;

export class RefusedReads {
  readonly #words: Int32Array;

  constructor({ header }: VolumeState) {
    this.#words = header;
  }

  note(range: PageRange, version: number, errno: number): void {
    const words = this.#words;
    const place = (Atomics.add(words, nextAt, 1) >>> 0) % places;
    const entry = refusedReadsAt + place * entryWords;
    Atomics.store(words, entry + at.used, 0);
    words[entry + at.version] = version;
    this.#set64(entry + at.nodeid, range.nodeid);
    this.#set64(entry + at.first, Math.floor(range.offset / pageBytes));
    words[entry + at.pages] = Math.ceil(range.bytes / pageBytes);
    words[entry + at.errno] = errno;
    Atomics.store(words, entry + at.used, 1);
  }

  /** The errno that one of these pages was refused with, once; else 0. */
  take(range: PageRange, version: number): number {
    const words = this.#words;
    const first = Math.floor(range.offset / pageBytes);
    const end = first + Math.ceil(range.bytes / pageBytes);
    for (let entry = refusedReadsAt; entry < nextAt; entry += entryWords) {
      if (words[entry + at.used] !== 1 || words[entry + at.version] !== version) continue;
      if (this.#get64(entry + at.nodeid) !== range.nodeid) continue;
      const from = this.#get64(entry + at.first);
      if (from >= end || from + (words[entry + at.pages] ?? 0) <= first) continue;
      const errno = words[entry + at.errno] ?? 0;
      if (Atomics.compareExchange(words, entry + at.used, 1, 0) === 1) return errno;
    }
    return 0;
  }

  /** Versions of armed faults are counted from the start by each process. */
  clear(): void {
    this.#words.fill(0, refusedReadsAt, nextAt);
  }

  #set64(word: number, value: number): void {
    this.#words[word] = value;
    this.#words[word + 1] = Math.floor(value / high);
  }

  #get64(word: number): number {
    return ((this.#words[word] ?? 0) >>> 0) + (this.#words[word + 1] ?? 0) * high;
  }
}
