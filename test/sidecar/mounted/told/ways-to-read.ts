/** The ways in which a program gets bytes out of a file, read on to its end. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, fstatSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { O_DIRECT } from '../../../../sidecar/linux/constants.js';
import { copyFileRange, preadAt } from '../libc/files.js';
import { pages } from '../libc/memory.js';
import { answerOf } from './answer-of.js';

export interface Got {
  /** How many bytes each call gave. */
  readonly counts: readonly number[];
  /** The error that ended it, by name, or a signal's. */
  readonly error: string | null;
  readonly bytes: Buffer;
  /** What the file's size is said to be at last. */
  readonly size: number;
}

export interface Opened {
  readOn(): Promise<Got> | Got;
  close(): void;
}

/** The file's directory, that directory as it is beneath, and how many bytes the file has. */
export interface Source {
  readonly mount: string;
  readonly beneath: string;
  readonly length: number;
}

export type WayToRead = (source: Source) => Promise<Opened> | Opened;

export const waysToRead = {
  read: ({ mount, length }) => byCalls(openSync(join(mount, 'file'), 'r'), length),
  'O_DIRECT read': ({ mount, length }) =>
    byCalls(openSync(join(mount, 'file'), constants.O_RDONLY | O_DIRECT), length),
  'load from a mapping': mapped,
  'copy_file_range to another file': copied,
} satisfies Readonly<Record<string, WayToRead>>;

export type WayName = keyof typeof waysToRead;

function byCalls(fd: number, length: number): Opened {
  const memory = pages(length + 4096);
  return {
    readOn() {
      const { counts, error } = readOn((at) => preadAt(fd, memory.address + at, length + 4096 - at, at));
      return { counts, error, bytes: memory.load(0, sum(counts)), size: fstatSync(fd).size };
    },
    close() {
      closeSync(fd);
      memory.unmap();
    },
  };
}

function copied({ mount, beneath, length }: Source): Opened {
  const [fd, to] = [openSync(join(mount, 'file'), 'r'), openSync(join(mount, 'copy'), 'w')];
  return {
    readOn() {
      const { counts, error } = readOn((at) => copyFileRange(fd, at, to, at, length));
      return { counts, error, bytes: readFileSync(join(beneath, 'copy')), size: fstatSync(fd).size };
    },
    close() {
      for (const each of [fd, to]) closeSync(each);
      rmSync(join(mount, 'copy'));
    },
  };
}

/** In a process of its own: what cannot be loaded ends it. */
async function mapped({ mount, length }: Source): Promise<Opened> {
  const path = join(mount, 'file');
  const program = new URL('./load-mapped-main.js', import.meta.url).pathname;
  const child = spawn(process.execPath, [program, path, String(length)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  return { readOn: () => loaded(child, path), close: () => child.stdin.end() };
}

async function loaded(child: ChildProcess, path: string): Promise<Got> {
  const parts: Buffer[] = [];
  child.stdout?.on('data', (part: Buffer) => parts.push(part));
  child.stdin?.end('\n');
  const [, signal] = (await once(child, 'close')) as [number | null, string | null];
  const fd = openSync(path, 'r');
  const { size } = fstatSync(fd);
  closeSync(fd);
  return { counts: [], error: signal, bytes: Buffer.concat(parts), size };
}

/** Until nothing comes, or an error. */
function readOn(call: (at: number) => number): Pick<Got, 'counts' | 'error'> {
  const counts: number[] = [];
  for (;;) {
    const answer = answerOf(() => call(sum(counts)));
    if (typeof answer === 'string') return { counts, error: answer };
    if (answer === 0) return { counts, error: null };
    counts.push(answer);
  }
}

const sum = (counts: readonly number[]): number => counts.reduce((total, each) => total + each, 0);
