/**
 * Follows the annotations file and hands over each reading that differs from the last.
 *
 *     inotify event ─┐
 *     poll, 1 s ─────┴─► debounce ─► read ─┬─ nothing is lost ─────────────► deliver
 *                                          └─ something is: read again ─► same ─► deliver
 *
 * A file that only gains or changes faults is believed at once. One that loses a fault, has a torn line, or is
 * gone may be in the middle of an edit in place, so it is believed when it has stayed the same for
 * `registryLimits.settleMs`. Bounded, so that a fault whose annotation was removed always ends.
 *
 * A file that is absent, unreadable or too large arms nothing: in doubt, nothing is injected.
 */

import type { Logger } from 'pino';
import { Alarm } from '../../../core/alarm.js';
import { assertNever } from '../../../core/assert-never.js';
import { type Clock, systemClock } from '../../../core/clock.js';
import { sleep } from '../../../core/sleep.js';
import { registryLimits } from '../registry-limits.js';
import { type AnnotationsReading, parseAnnotations } from './annotations.js';
import { DirectoryWatchers, type FileContent, readAnnotationsFile } from './annotations-file.js';

export interface WatchAnnotationsOptions {
  readonly file: string;
  readonly log: Logger;
  readonly deliver: (reading: AnnotationsReading) => void;
  readonly clock?: Clock;
}

/** Resolves when the first reading has been delivered, whatever it says. */
export async function watchAnnotations(options: WatchAnnotationsOptions): Promise<AnnotationsWatch> {
  const watch = new AnnotationsWatch(options);
  await watch.started;
  return watch;
}

export class AnnotationsWatch {
  readonly started: Promise<void>;
  readonly #options: WatchAnnotationsOptions;
  readonly #clock: Clock;
  readonly #watchers: DirectoryWatchers;
  readonly #running: Promise<void>;
  /** Something has happened to the file, or this is closing. */
  readonly #changed = new Alarm();
  readonly #closing = new AbortController();
  #delivered: { readonly content: FileContent; readonly reading: AnnotationsReading } | null = null;
  #eventsWork = true;

  constructor(options: WatchAnnotationsOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#watchers = new DirectoryWatchers(options.file, () => this.#changed.ring());
    this.started = this.#look();
    this.#running = this.#follow();
  }

  /** Nothing is delivered after this. */
  async close(): Promise<void> {
    this.#closing.abort();
    this.#changed.ring();
    await this.#running;
    this.#watchers.close();
  }

  async #follow(): Promise<void> {
    await this.started;
    const { signal } = this.#closing;
    while (!signal.aborted) {
      const pollMs = this.#eventsWork ? registryLimits.pollMs : registryLimits.pollWithoutEventsMs;
      await sleep(pollMs, { clock: this.#clock, signal: this.#changed.signal });
      // Lets a burst of events pass.
      if (this.#changed.hasRung) await sleep(registryLimits.debounceMs, { clock: this.#clock, signal });
      this.#changed.reset();
      if (!signal.aborted) await this.#look();
    }
  }

  async #look(): Promise<void> {
    // Watching comes before reading, so that a change after the reading is an event.
    this.#noteEvents(await this.#watchers.sync());
    let content = await readAnnotationsFile(this.#options.file);
    for (let round = 0; round < registryLimits.settleRounds && this.#isDoubtful(content); round++) {
      await sleep(registryLimits.settleMs, { clock: this.#clock, signal: this.#closing.signal });
      const again = await readAnnotationsFile(this.#options.file);
      if (isSame(again, content)) break;
      content = again;
    }
    if (!this.#closing.signal.aborted) this.#deliver(content);
  }

  #noteEvents(work: boolean): void {
    if (this.#eventsWork && !work) {
      this.#options.log.warn(
        { code: 'annotations.polled', file: this.#options.file },
        'no events for the annotations file, polling it',
      );
    }
    this.#eventsWork = work;
  }

  #isDoubtful(content: FileContent): boolean {
    if (this.#delivered === null)
      return content.kind === 'text' && parseAnnotations(content.text).problems.length > 0;
    if (isSame(content, this.#delivered.content)) return false;
    if (content.kind !== 'text') return true;
    const reading = parseAnnotations(content.text);
    return reading.problems.length > 0 || losesFault(this.#delivered.reading, reading);
  }

  #deliver(content: FileContent): void {
    if (this.#delivered !== null && isSame(content, this.#delivered.content)) return;
    const reading = content.kind === 'text' ? parseAnnotations(content.text) : content;
    this.#delivered = { content, reading };
    logReading(this.#options, reading);
    this.#options.deliver(reading);
  }
}

function isSame(a: FileContent, b: FileContent): boolean {
  if (a.kind === 'text' || b.kind === 'text')
    return a.kind === 'text' && b.kind === 'text' && a.text === b.text;
  if (a.kind === 'unreadable' && b.kind === 'unreadable') return a.code === b.code;
  return a.kind === b.kind;
}

function losesFault(before: AnnotationsReading, after: AnnotationsReading): boolean {
  if (before.kind !== 'read' || after.kind !== 'read') return false;
  const names = new Set(after.faults.map((fault) => fault.name));
  return before.faults.some((fault) => !names.has(fault.name));
}

function logReading({ file, log }: WatchAnnotationsOptions, reading: AnnotationsReading): void {
  switch (reading.kind) {
    case 'read':
      for (const problem of reading.problems) {
        log.warn({ code: `annotations.${problem.code}`, file, line: problem.line }, problem.message);
      }
      log.info({ code: 'annotations.read', file, faults: reading.faults.length }, 'annotations read');
      return;
    case 'absent':
      log.warn({ code: 'annotations.absent', file }, 'no annotations file: no faults from it');
      return;
    case 'unreadable':
      log.error(
        { code: 'annotations.unreadable', file, cause: reading.code },
        `${reading.message}: no faults from it`,
      );
      return;
    default:
      assertNever(reading);
  }
}
