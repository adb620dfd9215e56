/**
 * What must be known after a restart: of each fault since when it is, whether it has ended, what its dice follow from
 * and where it is counted; and what the dice of the next ones follow from. Kept where a restarted sidecar finds it:
 * `faults.json` in the state directory, replaced by rename and synced, so that it is whole at any moment of any death.
 */
import { open, readFile, rename, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Logger } from 'pino';
import { isObject } from '../../core/json.js';
import { isFaultName } from '../../faults/fault-name.js';
import { limits } from '../../faults/limits.js';
import { proxyTimeouts } from '../proxy/timeouts.js';
import type { KeptFault } from './fault-record.js';
import { sources } from './fault-requests.js';
import { type KeptSeeds, noSeeds } from './fault-seeds.js';
import { registryLimits } from './registry-limits.js';

export interface KeptState {
  readonly seeds: KeptSeeds;
  readonly faults: readonly KeptFault[];
}

export const nothingKept: KeptState = { seeds: noSeeds, faults: [] };

export class StateFile {
  readonly #path: string;
  readonly #log: Logger;
  #next: KeptState | null = null;
  #writing: Promise<void> | null = null;

  constructor(directory: string, log: Logger) {
    this.#path = join(directory, 'faults.json');
    this.#log = log;
  }

  /** A file that makes no sense is put aside and logged: faults then count from now. Never rejects. */
  async load(): Promise<KeptState> {
    try {
      const { size } = await stat(this.#path);
      if (size > registryLimits.stateFileBytes) throw new RangeError(`${size} bytes`);
      return readKept(await readFile(this.#path, 'utf8'));
    } catch (cause) {
      if (isMissing(cause)) return nothingKept;
      this.#log.error(
        { code: 'faults.state-unreadable', file: this.#path, err: cause },
        'kept deadlines cannot be read, starting again',
      );
      await rename(this.#path, `${this.#path}.unreadable`).catch(() => {});
      return nothingKept;
    }
  }

  /** Writes in the background, one at a time; of those that wait only the newest is written. */
  save(state: KeptState): void {
    this.#next = state;
    this.#writing ??= this.#drain().finally(() => {
      this.#writing = null;
    });
  }

  /** Resolves when all that was saved is on the disk, or was logged as not; a disk that hangs is not waited for. */
  async settled(): Promise<void> {
    if (this.#writing === null) return;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, proxyTimeouts.keptMs);
    });
    await Promise.race([this.#writing, late]);
    clearTimeout(timer);
  }

  async #drain(): Promise<void> {
    while (this.#next !== null) {
      const text = writeKept(this.#next);
      this.#next = null;
      try {
        await replace(this.#path, text);
      } catch (cause) {
        this.#log.error(
          { code: 'faults.state-unwritable', file: this.#path, err: cause },
          'deadlines will not survive a restart',
        );
      }
    }
  }
}

async function replace(path: string, text: string): Promise<void> {
  const next = await open(`${path}.next`, 'w', 0o600);
  try {
    await next.writeFile(text);
    await next.sync();
  } finally {
    await next.close();
  }
  await rename(`${path}.next`, path);
  const directory = await open(dirname(path));
  await directory.sync().finally(() => directory.close());
}

function isMissing(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
}

const formatVersion = 2;

function writeKept({ seeds: { seed, armings }, faults }: KeptState): string {
  return `${JSON.stringify({ version: formatVersion, seed, armings: [...armings], faults })}\n`;
}

/** Throws a TypeError or SyntaxError that says what is wrong. */
function readKept(text: string): KeptState {
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

function readKeptFault(kept: unknown): KeptFault {
  if (!isObject(kept)) throw new TypeError('a kept fault is not an object');
  const { name, sentence, startedMs, slot, seed } = kept;
  const source = sources.find((known) => known === kept['source']);
  const ended = ([null, 'expired', 'disarmed'] as const).find((known) => known === kept['ended']);
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
