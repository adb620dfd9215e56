/** Times: nanoseconds, what each call changes, what utimensat(2) takes. */
import {
  chmodSync,
  chownSync,
  closeSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  readSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { awaitClockStep } from '../../sidecar/mounted/libc/clock.js';
import { copyFileRange, fallocate, futimens, type Time, utimens } from '../../sidecar/mounted/libc/files.js';
import { map } from '../../sidecar/mounted/libc/memory.js';
import type { Chapter, Place } from '../case.js';
import { nanosecond2001, timesChanged } from '../observe.js';

/** What is done to a file of 7 bytes, opened for reading and writing. */
const acts: Readonly<Record<string, (fd: number, path: string) => unknown>> = {
  nothing: () => undefined,
  read: (fd) => readSync(fd, Buffer.alloc(3), 0, 3, 0),
  write: (fd) => writeSync(fd, 'x', 0),
  'write past the end': (fd) => writeSync(fd, 'x', 10_000),
  ftruncate: (fd) => ftruncateSync(fd, 3),
  'ftruncate to the same size': (fd) => ftruncateSync(fd, 7),
  truncate: (_fd, path) => truncateSync(path, 9),
  'open with O_TRUNC': (_fd, path) => closeSync(openSync(path, 'w')),
  fallocate: (fd) => fallocate(fd, 0, 0, 100_000),
  'fallocate that keeps the size': (fd) => fallocate(fd, 1, 0, 100_000),
  'punch a hole': (fd) => fallocate(fd, 3, 0, 4),
  copy_file_range: (fd) => copyFileRange(fd, 0, fd, 100, 5),
  'mapped read': (fd) => mapped(fd, false),
  'mapped store': (fd) => mapped(fd, true),
  chmod: (_fd, path) => chmodSync(path, 0o600),
  'chmod to the same': (_fd, path) => chmodSync(path, 0o644),
  chown: (_fd, path) => chownSync(path, 1, 1),
  'chown of nothing': (_fd, path) => chownSync(path, -1, -1),
  fsync: (fd) => fsyncSync(fd),
  'open and close': (_fd, path) => closeSync(openSync(path, 'r+')),
};

export const times: Chapter = {
  name: 'times',
  cases: [
    ...Object.entries(acts).map(([name, act]) => ({
      name: `which times change on: ${name}`,
      run: ({ at }: Place) => {
        writeFileSync(at('file'), 'content', { mode: 0o644 });
        const fd = openSync(at('file'), 'r+');
        const changed = timesChanged(at('file'), () => act(fd, at('file')));
        closeSync(fd);
        return changed;
      },
    })),
    {
      name: 'the times of a directory follow its entries, those of a link its reading',
      run: ({ at }) => {
        mkdirSync(at('directory'));
        symlinkSync('target', at('link'));
        return {
          create: timesChanged(at('directory'), () => writeFileSync(at('directory', 'file'), '')),
          write: timesChanged(at('directory'), () => writeFileSync(at('directory', 'file'), 'more')),
          read: timesChanged(at('directory'), () => readdirSync(at('directory'))),
          unlink: timesChanged(at('directory'), () => unlinkSync(at('directory', 'file'))),
          readlink: timesChanged(at('link'), () => readlinkSync(at('link'))),
        };
      },
    },
    {
      name: 'a cached file that is read again keeps its atime',
      difference: {
        because: 'a cached read reaches no daemon, so nothing tells the file beneath',
        onMount: [],
      },
      run: ({ at }) => {
        writeFileSync(at('file'), 'content');
        readFileSync(at('file'));
        return timesChanged(at('file'), () => readFileSync(at('file')));
      },
    },
    {
      name: 'a read at the end of a file changes its atime',
      difference: { because: 'the kernel knows the size, so the read reaches no daemon', onMount: [] },
      run: ({ at }) => {
        writeFileSync(at('file'), 'content');
        const fd = openSync(at('file'), 'r');
        const changed = timesChanged(at('file'), () => readSync(fd, Buffer.alloc(3), 0, 3, 7));
        closeSync(fd);
        return changed;
      },
    },
    {
      name: 'utimensat() sets every time a file system can hold',
      run: ({ at }) => {
        const second = 1_000_000_000n;
        const values: readonly Time[] = [
          0n,
          1n,
          -1n,
          999_999_999n,
          nanosecond2001,
          -second * 86_400n,
          second * 2n ** 31n,
          second * 2n ** 32n + 5n,
          second * 2n ** 34n,
          -second * 2n ** 32n,
        ];
        writeFileSync(at('file'), '');
        return values.map((value) => {
          utimens(at('file'), value, value);
          return atimeAndMtime(at('file'));
        });
      },
    },
    {
      name: 'UTIME_NOW and UTIME_OMIT set one time and leave the other',
      run: ({ at }) => {
        writeFileSync(at('file'), '');
        const fd = openSync(at('file'), 'r+');
        const pairs: readonly (readonly [Time, Time])[] = [
          ['omit', 5n],
          [7n, 'omit'],
          ['omit', 'omit'],
          ['now', 'omit'],
          ['omit', 'now'],
          ['now', 'now'],
          ['now', 3n],
        ];
        const seen = pairs.map(([atime, mtime]) =>
          [utimens.bind(null, at('file')), futimens.bind(null, fd)].map((set) => {
            set(nanosecond2001, nanosecond2001);
            const start = lstatSync(at('file'), { bigint: true }).ctimeNs;
            awaitClockStep();
            set(atime, mtime);
            return relative(at('file'), start);
          }),
        );
        closeSync(fd);
        return seen;
      },
    },
    {
      name: 'times of a symbolic link are its own',
      run: ({ at }) => {
        writeFileSync(at('file'), '');
        symlinkSync('file', at('link'));
        utimens(at('file'), 3n, 4n);
        utimens(at('link'), 1n, 2n);
        return [atimeAndMtime(at('link')), atimeAndMtime(at('file'))];
      },
    },
    {
      name: 'a descriptor and the name tell the same times after writes',
      run: ({ at }) => {
        const fd = openSync(at('file'), 'w+');
        return Array.from({ length: 5 }, () => {
          writeSync(fd, 'x');
          const [own, named] = [fstatSync(fd, { bigint: true }), lstatSync(at('file'), { bigint: true })];
          return [own.mtimeNs === named.mtimeNs, own.ctimeNs === named.ctimeNs, own.mtimeNs === own.ctimeNs];
        });
      },
    },
    {
      name: 'a file’s times do not change by closing it',
      run: ({ at }) => {
        const fd = openSync(at('file'), 'w');
        writeSync(fd, 'content');
        const before = lstatSync(at('file'), { bigint: true });
        awaitClockStep();
        closeSync(fd);
        const after = lstatSync(at('file'), { bigint: true });
        return [after.mtimeNs === before.mtimeNs, after.ctimeNs === before.ctimeNs];
      },
    },
  ],
};

function mapped(fd: number, store: boolean): void {
  const mapping = map(fd, { length: 7, shared: true, writable: true });
  if (store) mapping.store(0, Buffer.from('x'));
  else mapping.load(0, 3);
  mapping.sync();
  mapping.unmap();
}

function atimeAndMtime(path: string): readonly bigint[] {
  const { atimeNs, mtimeNs } = lstatSync(path, { bigint: true });
  return [atimeNs, mtimeNs];
}

/** Each time as itself when it is long ago, else as `now`. */
function relative(path: string, start: bigint): readonly string[] {
  const { atimeNs, mtimeNs, ctimeNs } = lstatSync(path, { bigint: true });
  return [atimeNs, mtimeNs, ctimeNs].map((time) =>
    time > start ? 'now' : time === start ? 'kept' : String(time),
  );
}
