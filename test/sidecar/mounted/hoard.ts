/** A program that opens files until it gets no more, and what it can still do with those that it has. */
import {
  chmodSync,
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  ftruncateSync,
  linkSync,
  mkdirSync,
  opendirSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
  renameSync,
  rmdirSync,
  statSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { truncate } from './libc/files.js';

/** What was opened of `f0`, `f1` and so on of a directory, to read and write. */
export class Hoard {
  readonly fds: number[] = [];
  /** Why no more was opened. */
  error = '';

  constructor(
    readonly directory: string,
    readonly names: readonly string[],
  ) {}

  /** Opens the next ones, until there is an error or no name is left. */
  fill(most = this.names.length): this {
    for (const name of this.names.slice(this.fds.length, most)) {
      const opened = outcome(() => openSync(join(this.directory, name), 'r+'));
      if (typeof opened !== 'number') {
        this.error = String(opened);
        break;
      }
      this.fds.push(opened);
    }
    return this;
  }

  close(): void {
    for (const fd of this.fds.splice(0)) closeSync(fd);
  }
}

/** Makes `count` files of a few bytes in `directory`, and says their names. */
export function makeFiles(directory: string, count: number): readonly string[] {
  const names = Array.from({ length: count }, (_, index) => `f${index}`);
  for (const name of names) writeFileSync(join(directory, name), `this is ${name}`);
  return names;
}

/** What `act` gives, or the code of its error. */
export function outcome(act: () => unknown): unknown {
  try {
    return act();
  } catch (error) {
    return (error as NodeJS.ErrnoException).code;
  }
}

/** What needs one more open file beneath, or makes one: each must be refused, and do nothing. */
export function openMore(directory: string): readonly unknown[] {
  const { O_CREAT, O_EXCL, O_RDONLY, O_RDWR, O_TRUNC } = constants;
  const O_TMPFILE = 0o20200000;
  return [
    outcome(() => openSync(join(directory, 'full'), O_RDONLY)),
    outcome(() => openSync(join(directory, 'full'), O_RDWR | O_TRUNC)),
    outcome(() => openSync(join(directory, 'made'), O_RDWR | O_CREAT)),
    outcome(() => openSync(join(directory, 'made'), O_RDWR | O_CREAT | O_EXCL)),
    outcome(() => openSync(directory, O_RDWR | O_TMPFILE)),
    outcome(() => opendirSync(directory)),
    outcome(() => readdirSync(directory)),
  ];
}

/** What names can be asked and told without one more open file. */
export function useNames(directory: string): readonly unknown[] {
  const at = (name: string): string => join(directory, name);
  return [
    outcome(() => statSync(at('full')).size),
    outcome(() => chmodSync(at('full'), 0o640)),
    outcome(() => statSync(at('full')).mode),
    outcome(() => truncate(at('full'), 3)),
    outcome(() => statSync(at('full')).size),
    outcome(() => utimesSync(at('full'), 1, 2)),
    outcome(() => statSync(at('full')).mtimeMs),
    outcome(() => linkSync(at('full'), at('second'))),
    outcome(() => statSync(at('full')).nlink),
    outcome(() => renameSync(at('second'), at('third'))),
    outcome(() => unlinkSync(at('third'))),
    outcome(() => symlinkSync('full', at('link'))),
    outcome(() => readlinkSync(at('link'))),
    outcome(() => unlinkSync(at('link'))),
    outcome(() => mkdirSync(at('inner'))),
    outcome(() => mkdirSync(at('inner/most'))),
    outcome(() => statSync(at('inner/most')).nlink),
    outcome(() => rmdirSync(at('inner/most'))),
    outcome(() => rmdirSync(at('inner'))),
    outcome(() => statSync(at('missing'))),
  ];
}

/** What can be done to an open file, whether it has a name or not. */
export function useOpen(fd: number): readonly unknown[] {
  const there = Buffer.alloc(64);
  return [
    outcome(() => there.toString('utf8', 0, readSync(fd, there, 0, 64, 0))),
    outcome(() => writeSync(fd, 'written', 2)),
    outcome(() => fstatSync(fd).size),
    outcome(() => fstatSync(fd).nlink),
    outcome(() => fchmodSync(fd, 0o600)),
    outcome(() => fstatSync(fd).mode),
    outcome(() => ftruncateSync(fd, 5)),
    outcome(() => fstatSync(fd).size),
    outcome(() => there.toString('utf8', 0, readSync(fd, there, 0, 64, 0))),
  ];
}
