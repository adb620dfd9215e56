/** Data through read(2) and write(2): offsets, ends, holes, O_APPEND, files past 4 GiB. */
import {
  appendFileSync,
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  openSync,
  readFileSync,
  readSync,
  readvSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
  writeSync,
  writevSync,
} from 'node:fs';
import { dup, lseek, sendfile, truncate } from '../../sidecar/mounted/libc/files.js';
import type { Chapter } from '../case.js';
import { facts, outcome, outcomes } from '../observe.js';

const SEEK_SET = 0;
const SEEK_CUR = 1;
const SEEK_END = 2;
const gib = 1024 ** 3;

export const readingAndWriting: Chapter = {
  name: 'reading and writing',
  cases: [
    {
      name: 'what is written is read back, at any offset and across pages',
      run: ({ at }) => {
        const fd = openSync(at('file'), 'w+');
        for (const offset of [0, 1, 4095, 4096, 8191, 65_535, 131_072]) writeSync(fd, `<${offset}>`, offset);
        const content = read(fd, 140_000, 0);
        closeSync(fd);
        return { content, facts: facts(at('file')) };
      },
    },
    {
      name: 'a read stops at the end of the file',
      run: ({ at }) => {
        writeFileSync(at('file'), 'x'.repeat(5000));
        const fd = openSync(at('file'), 'r');
        const lengths = [0, 4096, 4999, 5000, 5001, 2 ** 40].map((offset) => read(fd, 8192, offset).length);
        closeSync(fd);
        return lengths;
      },
    },
    {
      name: 'a read past a hole gives zeros',
      run: ({ at }) => {
        const fd = openSync(at('file'), 'w+');
        writeSync(fd, 'end', 100_000);
        const hole = read(fd, 100_003, 0);
        closeSync(fd);
        return { zeros: [...hole].filter((byte) => byte === '\0').length, facts: facts(at('file')) };
      },
    },
    {
      name: 'the file offset moves with reads, writes and seeks, and is shared by dup()',
      run: ({ at }) => {
        writeFileSync(at('file'), 'abcdefghij');
        const fd = openSync(at('file'), 'r+');
        const copy = dup(fd);
        const seen = [read(fd, 3, null), lseek(copy, 0, SEEK_CUR), writeSync(copy, 'XY'), read(fd, 9, null)];
        seen.push(lseek(fd, -2, SEEK_END), read(copy, 9, null), lseek(fd, 100, SEEK_SET), read(fd, 1, null));
        closeSync(fd);
        closeSync(copy);
        return { seen, content: readFileSync(at('file'), 'utf8') };
      },
    },
    {
      name: 'seeks and offsets out of range are refused',
      run: ({ at }) => {
        writeFileSync(at('file'), 'abc');
        const fd = openSync(at('file'), 'r+');
        const seen = [
          outcome(() => lseek(fd, -1, SEEK_SET)),
          outcome(() => lseek(fd, -4, SEEK_END)),
          outcome(() => lseek(fd, 0, 99)),
          outcome(() => writeSync(fd, 'x', 2 ** 50)),
          outcome(() => ftruncateSync(fd, 2 ** 50)),
          outcome(() => ftruncateSync(fd, 17 * 1024 * gib)),
        ];
        closeSync(fd);
        return { seen, facts: facts(at('file')) };
      },
    },
    {
      name: 'a seek past the largest file',
      difference: {
        because: 'a FUSE mount knows no largest file until a write is refused',
        onMount: 2 ** 53,
      },
      run: ({ at }) => {
        const fd = openSync(at('file'), 'w');
        const seen = outcome(() => lseek(fd, 2 ** 53, SEEK_SET));
        closeSync(fd);
        return seen;
      },
    },
    {
      name: 'a descriptor allows only what it was opened for',
      run: ({ at }) => {
        writeFileSync(at('file'), 'abc');
        return outcomes({ r: 'r', w: 'a' }, (flags) => {
          const fd = openSync(at('file'), flags);
          const seen = [
            outcome(() => read(fd, 1, 0)),
            outcome(() => writeSync(fd, 'x', 0)),
            outcome(() => ftruncateSync(fd, 1)),
          ];
          closeSync(fd);
          return seen;
        });
      },
    },
    {
      name: 'vectors are read and written in one piece',
      run: ({ at }) => {
        const fd = openSync(at('file'), 'w+');
        const wrote = writevSync(
          fd,
          [Buffer.from('one'), Buffer.alloc(0), Buffer.from('two'.repeat(3000))],
          7,
        );
        const into = [Buffer.alloc(10), Buffer.alloc(9000)];
        const got = readvSync(fd, into, 0);
        closeSync(fd);
        return { wrote, got, head: into[0]?.toString('latin1'), facts: facts(at('file')) };
      },
    },
    {
      name: 'a write of megabytes is whole',
      run: ({ at }) => {
        const bytes = Buffer.alloc(5_000_000).map((_, index) => (index * 7) % 251);
        writeFileSync(at('file'), bytes);
        return { same: readFileSync(at('file')).equals(bytes), facts: facts(at('file')) };
      },
    },
    {
      name: 'O_APPEND writes at the end whatever the offset, also after truncation',
      run: ({ at }) => {
        writeFileSync(at('file'), 'start');
        const fd = openSync(at('file'), 'a+');
        writeSync(fd, '-one');
        writeSync(fd, '-two', 1);
        truncateSync(at('file'), 3);
        writeSync(fd, '-three');
        const position = lseek(fd, 0, SEEK_CUR);
        closeSync(fd);
        return { content: readFileSync(at('file'), 'utf8'), position };
      },
    },
    {
      name: 'two processes append to one file and no record is lost or torn',
      run: async ({ at, other }) => {
        const [mine, theirs] = [`${'m'.repeat(99)}\n`, `${'t'.repeat(99)}\n`];
        const done = other().call('appendRecords', at('file'), theirs, 500);
        for (let written = 0; written < 500; written += 1) appendFileSync(at('file'), mine);
        const result = await done;
        const lines = readFileSync(at('file'), 'utf8').split('\n');
        const count = (record: string) => lines.filter((line) => `${line}\n` === record).length;
        return { result, mine: count(mine), theirs: count(theirs), lines: lines.length };
      },
    },
    {
      name: 'a write of another process is seen by a descriptor already open',
      run: async ({ at, other }) => {
        writeFileSync(at('file'), 'before');
        const fd = openSync(at('file'), 'r');
        const before = read(fd, 20, 0);
        const theirs = Number(await other().call('open', at('file'), 'r+'));
        await other().call('write', theirs, 'behind and longer', 0);
        const after = read(fd, 20, 0);
        await other().call('close', theirs);
        closeSync(fd);
        return { before, after, size: facts(at('file')).size };
      },
    },
    {
      name: 'truncation cuts, grows with zeros, and keeps the offset',
      run: ({ at }) => {
        writeFileSync(at('file'), 'x'.repeat(10_000));
        const fd = openSync(at('file'), 'r+');
        const sizes = [4097, 4096, 1, 0, 9000].map((size) => {
          ftruncateSync(fd, size);
          return { size: facts(at('file')), content: read(fd, 20_000, 0).replaceAll('\0', '0').length };
        });
        truncate(at('file'), 5);
        const seen = { sizes, last: fstatSync(fd).size, missing: outcome(() => truncate(at('none'), 1)) };
        closeSync(fd);
        return seen;
      },
    },
    {
      name: 'bytes past a cut do not come back when the file grows again',
      run: ({ at }) => {
        writeFileSync(at('file'), 'secret'.repeat(2000));
        truncateSync(at('file'), 3);
        truncateSync(at('file'), 12_000);
        return readFileSync(at('file'), 'latin1').replaceAll('\0', '');
      },
    },
    {
      name: 'a sparse file past 4 GiB keeps what is at its far end',
      run: ({ at }) => {
        const fd = openSync(at('file'), 'w+');
        const offsets = [2 * gib - 2, 4 * gib - 2, 4 * gib + 5, 9 * gib];
        for (const offset of offsets) writeSync(fd, 'mark', offset);
        const seen = offsets.map((offset) => read(fd, 6, offset - 1));
        const end = lseek(fd, 0, SEEK_END);
        closeSync(fd);
        return { seen, end, facts: facts(at('file')) };
      },
    },
    {
      name: 'an unlinked open file lives on: read, write, truncate, stat with no link left',
      run: ({ at }) => {
        writeFileSync(at('file'), 'content');
        const fd = openSync(at('file'), 'r+');
        unlinkSync(at('file'));
        writeSync(fd, 'more', 7);
        const before = {
          nlink: fstatSync(fd).nlink,
          content: read(fd, 99, 0),
          path: outcome(() => facts(at('file'))),
        };
        ftruncateSync(fd, 2);
        const reopened = openSync(`/proc/self/fd/${fd}`, 'r');
        const after = {
          size: fstatSync(fd).size,
          content: read(reopened, 99, 0),
          nlink: fstatSync(reopened).nlink,
        };
        closeSync(fd);
        closeSync(reopened);
        return { before, after };
      },
    },
    {
      name: 'a file unlinked by another process stays readable here',
      run: async ({ at, other }) => {
        writeFileSync(at('file'), 'content');
        const fd = openSync(at('file'), constants.O_RDWR);
        await other().call('unlink', at('file'));
        writeFileSync(at('file'), 'another');
        const seen = { content: read(fd, 99, 0), nlink: fstatSync(fd).nlink, wrote: writeSync(fd, 'x', 0) };
        closeSync(fd);
        return { seen, another: readFileSync(at('file'), 'utf8') };
      },
    },
    {
      name: 'sendfile() moves data in the kernel',
      run: ({ at }) => {
        writeFileSync(at('from'), 'x'.repeat(100_000));
        const from = openSync(at('from'), 'r');
        const to = openSync(at('to'), 'w');
        const sent = sendfile(to, from, 1000, 50_000);
        closeSync(from);
        closeSync(to);
        return { sent, facts: facts(at('to')) };
      },
    },
  ],
};

function read(fd: number, length: number, position: number | null): string {
  const into = Buffer.alloc(length);
  return into.toString('latin1', 0, readSync(fd, into, 0, length, position));
}
