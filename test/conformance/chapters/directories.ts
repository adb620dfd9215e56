/** Directories: making, reading, seeking in, deleting from while they are read. */
import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { openDirectory } from '../../sidecar/mounted/libc/directory-stream.js';
import { getcwd, mknod } from '../../sidecar/mounted/libc/files.js';
import type { Case, Chapter } from '../case.js';
import { facts, outcome, outcomes, timesChanged } from '../observe.js';

export const directories: Chapter = {
  name: 'directories',
  cases: [
    {
      name: 'mkdir() and rmdir() are refused where they must be',
      run: ({ at }) => {
        mkdirSync(at('full', 'child'), { recursive: true });
        writeFileSync(at('file'), '');
        symlinkSync('full', at('link'));
        const paths = [
          'full',
          'file',
          'link',
          'missing/x',
          'file/x',
          'full/.',
          'full/..',
          'link/',
          'new/',
          'full/child',
        ];
        const named = Object.fromEntries(paths.map((path) => [path, `${at()}/${path}`]));
        return {
          mkdir: outcomes(named, (path) => mkdirSync(path)),
          rmdir: outcomes(named, (path) => rmdirSync(path)),
          unlink: outcomes(named, (path) => unlinkSync(path)),
        };
      },
    },
    {
      name: 'a new directory has two links, its parent one more, and times that move',
      run: ({ at }) => {
        const before = facts(at()).nlink;
        const made = timesChanged(at(), () => mkdirSync(at('new')));
        const between = [facts(at()).nlink, facts(at('new')).nlink, facts(at('new')).mode];
        const removed = timesChanged(at(), () => rmdirSync(at('new')));
        return { before, made, between, removed, after: facts(at()).nlink };
      },
    },
    {
      name: 'entries tell their types, and "." and ".." are the directories they should be',
      run: ({ at }) => {
        mkdirSync(at('inner', 'directory'), { recursive: true });
        writeFileSync(at('inner', 'file'), '');
        symlinkSync('x', at('inner', 'link'));
        mknod(at('inner', 'fifo'), 0o010644, 0);
        mknod(at('inner', 'socket'), 0o140644, 0);
        const stream = openDirectory(at('inner'));
        const entries = stream.rest();
        stream.close();
        return entries
          .map(({ name, type, ino }) => ({ name, type, own: ino === inodeOf(at('inner', name)) }))
          .sort((one, two) => one.name.localeCompare(two.name));
      },
    },
    readWhole(10_000),
    {
      name: 'seekdir() returns to any offset telldir() gave, in a directory of 1,500',
      run: ({ at }) => {
        fill(at('many'), 1500);
        const stream = openDirectory(at('many'));
        const all = stream.rest(4096);
        const wrong = all.slice(0, -1).filter(({ nextOffset }, index) => {
          if (index % 47 !== 0) return false;
          stream.seek(nextOffset);
          return stream.batch(4096)[0]?.name !== all[index + 1]?.name;
        });
        stream.seek(0n);
        const rewound = stream.rest().length;
        stream.close();
        return { wrong, rewound };
      },
    },
    {
      name: 'rewinddir() shows what was made and hides what was removed since',
      run: ({ at }) => {
        fill(at('some'), 5);
        const stream = openDirectory(at('some'));
        stream.rest();
        writeFileSync(at('some', 'new'), '');
        unlinkSync(at('some', 'f1'));
        stream.seek(0n);
        const names = stream.rest().map(({ name }) => name);
        stream.close();
        return names.sort();
      },
    },
    {
      name: 'deleting what was read while reading on misses nothing and repeats nothing',
      run: ({ at }) => {
        fill(at('many'), 2000);
        const stream = openDirectory(at('many'));
        const seen: string[] = [];
        for (let batch = stream.batch(2048); batch.length > 0; batch = stream.batch(2048)) {
          const names = batch.map(({ name }) => name).filter((name) => !name.startsWith('.'));
          for (const name of names) unlinkSync(at('many', name));
          seen.push(...names);
        }
        stream.close();
        rmdirSync(at('many'));
        return { seen: seen.length, distinct: new Set(seen).size };
      },
    },
    {
      name: 'rm -rf of a deep tree leaves nothing',
      run: ({ at }) => {
        for (let branch = 0; branch < 20; branch += 1) {
          mkdirSync(at('tree', `${branch}`, 'a', 'b', 'c'), { recursive: true });
          fill(at('tree', `${branch}`, 'a', 'files'), 40);
        }
        rmSync(at('tree'), { recursive: true });
        return { left: readdirSync(at()), nlink: facts(at()).nlink };
      },
    },
    {
      name: 'a name is found right after it is made, and missed right after it is removed',
      run: ({ at }) =>
        Array.from({ length: 200 }, (_, round) => {
          const name = at(`name-${round % 3}`);
          const before = existsSync(name);
          writeFileSync(name, '');
          const between = [existsSync(name), readdirSync(at()).length];
          unlinkSync(name);
          return [before, ...between, existsSync(name), readdirSync(at()).length];
        }),
    },
    {
      name: 'a directory can be opened, synced and read, but not read or written as a file',
      run: ({ at }) => {
        mkdirSync(at('directory'));
        const fd = openSync(at('directory'), 'r');
        const seen = {
          fsync: outcome(() => fsyncSync(fd)),
          read: outcome(() => readSync(fd, Buffer.alloc(1))),
          write: outcome(() => writeSync(fd, 'x')),
          openForWriting: outcome(() => openSync(at('directory'), 'r+')),
        };
        closeSync(fd);
        return seen;
      },
    },
    {
      name: 'a removed directory that is still open is empty, and takes nothing in',
      run: ({ at }) => {
        mkdirSync(at('gone'));
        const stream = openDirectory(at('gone'));
        rmdirSync(at('gone'));
        const inside = `/proc/self/fd/${stream.fd}`;
        const seen = {
          entries: outcome(() => stream.rest().length),
          nlink: facts(`${inside}/.`).nlink,
          create: outcome(() => writeFileSync(`${inside}/x`, '')),
          mkdir: outcome(() => mkdirSync(`${inside}/x`)),
        };
        stream.close();
        return seen;
      },
    },
    {
      name: 'the working directory can be removed under one’s feet',
      run: ({ at }) => {
        mkdirSync(at('here'));
        const back = process.cwd();
        process.chdir(at('here'));
        try {
          const before = getcwd();
          rmdirSync(at('here'));
          return {
            before,
            cwd: outcome(() => getcwd()),
            list: outcome(() => readdirSync('.')),
            create: outcome(() => writeFileSync('x', '')),
            parent: outcome(() => readdirSync('..')),
          };
        } finally {
          process.chdir(back);
        }
      },
    },
  ],
};

export function readWhole(entries: number): Case {
  return {
    name: `a directory of ${entries.toLocaleString('en')} entries is read whole, each name once, in any size of batch`,
    run: ({ at, beneath }) => {
      mkdirSync(beneath('many'));
      for (const half of ['a', 'b']) fillWithLinks(beneath('many'), half, entries / 2);
      const counts = [1 << 20, 32_768, 4096].map((bytes) => {
        const stream = openDirectory(at('many'));
        const names = stream.rest(bytes).map(({ name }) => name);
        stream.close();
        return [names.length, new Set(names).size];
      });
      rmSync(beneath('many'), { recursive: true });
      return counts;
    },
  };
}

function fill(directory: string, files: number): void {
  mkdirSync(directory);
  for (let file = 0; file < files; file += 1) closeSync(openSync(`${directory}/f${file}`, 'w'));
}

/** Links are made ten times as fast as files. */
function fillWithLinks(directory: string, prefix: string, links: number): void {
  writeFileSync(`${directory}/${prefix}0`, '');
  for (let link = 1; link < links; link += 1)
    linkSync(`${directory}/${prefix}0`, `${directory}/${prefix}${link}`);
}

function inodeOf(path: string): bigint {
  return lstatSync(path, { bigint: true }).ino;
}
