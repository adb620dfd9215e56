/** Space: fallocate(2) in all its modes, holes, copy_file_range(2), statfs(2). */
import {
  closeSync,
  constants,
  copyFileSync,
  ftruncateSync,
  openSync,
  readFileSync,
  statfsSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { copyFileRange, fallocate, lseek, SEEK_DATA, SEEK_HOLE } from '../../sidecar/mounted/libc/files.js';
import type { Chapter, Place } from '../case.js';
import { facts, outcome, outcomes } from '../observe.js';

const kib = 1024;
const KEEP_SIZE = 1;
const PUNCH_HOLE = 2;
const COLLAPSE_RANGE = 8;
const ZERO_RANGE = 16;
const INSERT_RANGE = 32;
const UNSHARE_RANGE = 64;

type Allocation = readonly [mode: number, offset: number, length: number];

const allocations: Readonly<Record<string, Allocation>> = {
  'allocate inside': [0, 0, 4096],
  'allocate past the end': [0, 64 * kib, 64 * kib],
  'allocate past the end, size kept': [KEEP_SIZE, 64 * kib, 64 * kib],
  'punch aligned': [PUNCH_HOLE | KEEP_SIZE, 16 * kib, 16 * kib],
  'punch unaligned': [PUNCH_HOLE | KEEP_SIZE, 5000, 20_000],
  'punch without keeping the size': [PUNCH_HOLE, 0, 4096],
  'punch past the end': [PUNCH_HOLE | KEEP_SIZE, 1024 * kib, 4096],
  'zero inside': [ZERO_RANGE, 5000, 20_000],
  'zero past the end': [ZERO_RANGE, 60 * kib, 20 * kib],
  'zero past the end, size kept': [ZERO_RANGE | KEEP_SIZE, 60 * kib, 20 * kib],
  'a mode that does not exist': [0x400, 0, 4096],
  'nothing at all': [0, 0, 0],
  'a negative offset': [0, -1, 4096],
  'more than a file can hold': [0, 2 ** 62, 4096],
};

/** What the kernel's FUSE refuses before it asks anybody. */
const shifts: Readonly<Record<string, Allocation>> = {
  'collapse aligned': [COLLAPSE_RANGE, 8 * kib, 8 * kib],
  'collapse unaligned': [COLLAPSE_RANGE, 1, 4096],
  'collapse to the end': [COLLAPSE_RANGE, 32 * kib, 32 * kib],
  'insert aligned': [INSERT_RANGE, 8 * kib, 8 * kib],
  'insert at the end': [INSERT_RANGE, 64 * kib, 4096],
  unshare: [UNSHARE_RANGE, 0, 4096],
};

export const space: Chapter = {
  name: 'space',
  cases: [
    ...Object.entries(allocations).map(([name, allocation]) => ({
      name: `fallocate: ${name}`,
      run: (place: Place) => allocate(place, allocation),
    })),
    ...Object.entries(shifts).map(([name, allocation]) => ({
      name: `fallocate: ${name}`,
      difference: {
        because: 'the kernel’s FUSE knows neither collapsing nor inserting nor unsharing',
        onMount: { result: 'EOPNOTSUPP', isAsBefore: true },
      },
      run: (place: Place) => shift(place, allocation),
    })),
    {
      name: 'fallocate needs a descriptor for writing, and a file',
      run: ({ at }) =>
        outcomes({ file: at('file'), directory: at() }, (path) => {
          if (path === at('file')) writeFileSync(path, 'x');
          const fd = openSync(path, 'r');
          const seen = outcome(() => fallocate(fd, 0, 0, 10));
          closeSync(fd);
          return seen;
        }),
    },
    {
      name: 'SEEK_DATA and SEEK_HOLE find the holes of a sparse file',
      run: ({ at }) => {
        const fd = openSync(at('file'), 'w+');
        for (const offset of [64 * kib, 256 * kib, 5 * 1024 ** 3]) writeSync(fd, 'data', offset);
        ftruncateSync(fd, 6 * 1024 ** 3);
        const probes = [
          0,
          64 * kib,
          64 * kib + 1,
          100 * kib,
          256 * kib,
          5 * 1024 ** 3 + 5000,
          6 * 1024 ** 3,
          7 * 1024 ** 3,
        ];
        const seen = probes.map((offset) =>
          [SEEK_DATA, SEEK_HOLE].map((whence) => outcome(() => lseek(fd, offset, whence))),
        );
        closeSync(fd);
        return { seen, facts: facts(at('file')) };
      },
    },
    {
      name: 'the holes of an empty and of a full file',
      run: ({ at }) => {
        writeFileSync(at('empty'), '');
        writeFileSync(at('full'), 'x'.repeat(5000));
        return ['empty', 'full'].map((name) => segments(at(name)));
      },
    },
    {
      name: 'copy_file_range() copies between files, within one, and past the end nothing',
      run: ({ at }) => {
        writeFileSync(at('from'), Buffer.alloc(100_000, 'f'));
        writeFileSync(at('to'), 'to');
        const [from, to] = [openSync(at('from'), 'r'), openSync(at('to'), 'r+')];
        const both = openSync(at('from'), 'r+');
        const readOnly = openSync(at('to'), 'r');
        const appending = openSync(at('to'), 'a');
        const seen = {
          whole: outcome(() => copyFileRange(from, 0, to, 1, 100_000)),
          tail: outcome(() => copyFileRange(from, 99_990, to, 0, 100)),
          past: outcome(() => copyFileRange(from, 100_000, to, 0, 100)),
          within: outcome(() => copyFileRange(both, 0, both, 200_000, 5000)),
          overlapping: outcome(() => copyFileRange(both, 0, both, 100, 5000)),
          toReadOnly: outcome(() => copyFileRange(from, 0, readOnly, 0, 10)),
          toAppending: outcome(() => copyFileRange(from, 0, appending, 0, 10)),
        };
        for (const fd of [from, to, both, readOnly, appending]) closeSync(fd);
        return {
          seen,
          from: runs(readFileSync(at('from'))),
          to: runs(readFileSync(at('to'))),
          facts: facts(at('to')),
        };
      },
    },
    {
      name: 'cp with a reflink is done or refused as beneath',
      run: ({ at }) => {
        writeFileSync(at('from'), 'content');
        return outcomes(
          {
            try: constants.COPYFILE_FICLONE,
            force: constants.COPYFILE_FICLONE_FORCE,
            exclusive: constants.COPYFILE_EXCL,
          },
          (mode, name) => {
            copyFileSync(at('from'), at(name), mode);
            return readFileSync(at(name), 'utf8');
          },
        );
      },
    },
    {
      name: 'statfs() tells of the file system beneath',
      run: ({ at }) => {
        const { bsize, blocks, files } = statfsSync(at());
        return { bsize, blocks, files, blksize: statSync(at()).blksize };
      },
    },
    {
      name: 'the type statfs() tells',
      difference: {
        because: 'the kernel answers FUSE_SUPER_MAGIC for every FUSE mount',
        onMount: 0x65735546,
      },
      run: ({ at }) => statfsSync(at()).type,
    },
  ],
};

function allocate({ at }: Place, allocation: Allocation): unknown {
  writeFileSync(at('file'), letters);
  const result = allocateIn(at('file'), allocation);
  return { result, ...look(at('file')) };
}

function shift({ at }: Place, allocation: Allocation): unknown {
  writeFileSync(at('file'), letters);
  const before = look(at('file'));
  const result = allocateIn(at('file'), allocation);
  return { result, isAsBefore: isDeepStrictEqual(look(at('file')), before) };
}

const letters = Buffer.alloc(64 * kib).map((_, index) => 65 + (index >> 12));

function allocateIn(path: string, [mode, offset, length]: Allocation): unknown {
  const fd = openSync(path, 'r+');
  const result = outcome(() => fallocate(fd, mode, offset, length));
  closeSync(fd);
  return result;
}

const look = (path: string) => ({
  facts: facts(path),
  content: runs(readFileSync(path)),
  holes: segments(path),
});

/** Runs of equal bytes, as `3xA 5x0`. */
function runs(content: Buffer): string {
  const seen: string[] = [];
  for (let start = 0; start < content.length; ) {
    let end = start;
    while (content[end] === content[start]) end += 1;
    seen.push(`${end - start}x${content[start]}`);
    start = end;
  }
  return seen.join(' ');
}

function segments(path: string): unknown {
  const fd = openSync(path, 'r');
  const size = Number(facts(path).size);
  const seen: unknown[] = [];
  for (let offset = 0, turn = 0; turn < 40; turn += 1) {
    const next = outcome(() => lseek(fd, offset, turn % 2 === 0 ? SEEK_HOLE : SEEK_DATA));
    seen.push(next);
    if (typeof next === 'string' || next >= size) break;
    offset = next;
  }
  closeSync(fd);
  return seen;
}
