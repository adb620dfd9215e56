/** rename(2) and renameat2(2). */
import {
  closeSync,
  fstatSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import {
  RENAME_EXCHANGE,
  RENAME_NOREPLACE,
  RENAME_WHITEOUT,
  renameat2,
} from '../../sidecar/mounted/libc/files.js';
import type { Chapter, Place } from '../case.js';
import { facts, outcome, outcomes, sameFile, timesChanged } from '../observe.js';

const things = [
  'file',
  'other-file',
  'empty',
  'other-empty',
  'full',
  'link',
  'missing',
  'missing/below',
  'file/below',
];

export const renaming: Chapter = {
  name: 'renaming',
  cases: [
    ...[0, RENAME_NOREPLACE, RENAME_EXCHANGE, RENAME_NOREPLACE | RENAME_EXCHANGE, RENAME_WHITEOUT, 64].map(
      (flags) => ({
        name: `rename with flags ${flags}, of everything to everything`,
        run: (place: Place) => renameAll(place, flags),
      }),
    ),
    {
      name: 'a file renamed over another that is open leaves that one readable',
      run: ({ at }) => {
        writeFileSync(at('old'), 'old');
        writeFileSync(at('new'), 'new');
        const fd = openSync(at('old'), 'r');
        renameSync(at('new'), at('old'));
        const into = Buffer.alloc(9);
        const seen = {
          read: into.toString('latin1', 0, readSync(fd, into, 0, 9, 0)),
          nlink: fstatSync(fd).nlink,
        };
        closeSync(fd);
        return { seen, content: readFileSync(at('old'), 'utf8'), names: readdirSync(at()) };
      },
    },
    {
      name: 'an open file keeps working under its new name, and below a renamed directory',
      run: ({ at }) => {
        mkdirSync(at('a', 'b'), { recursive: true });
        writeFileSync(at('a', 'b', 'file'), 'one');
        const fd = openSync(at('a', 'b', 'file'), 'a+');
        renameSync(at('a', 'b', 'file'), at('a', 'b', 'renamed'));
        renameSync(at('a'), at('moved'));
        writeFileSync(fd, ' two');
        closeSync(fd);
        return {
          content: readFileSync(at('moved', 'b', 'renamed'), 'utf8'),
          gone: outcome(() => facts(at('a', 'b', 'renamed'))),
          names: readdirSync(at('moved', 'b')),
        };
      },
    },
    {
      name: 'a directory cannot move below itself, nor the working names "." and ".."',
      run: ({ at, root }) => {
        mkdirSync(at('a', 'b'), { recursive: true });
        return {
          below: outcome(() => renameSync(at('a'), at('a', 'b', 'c'))),
          ontoParent: outcome(() => renameSync(at('a', 'b'), at('a'))),
          dot: outcome(() => renameSync(`${root}/a/.`, at('x'))),
          dotDot: outcome(() => renameSync(`${root}/a/b/..`, at('x'))),
          acrossFileSystems: outcome(() => renameSync(at('a'), '/dev/shm/havock8s-renamed')),
        };
      },
    },
    {
      name: 'the link counts of directories follow their subdirectories',
      run: ({ at }) => {
        mkdirSync(at('from', 'child'), { recursive: true });
        mkdirSync(at('to'));
        const before = [facts(at('from')).nlink, facts(at('to')).nlink];
        renameSync(at('from', 'child'), at('to', 'child'));
        return { before, after: [facts(at('from')).nlink, facts(at('to')).nlink] };
      },
    },
    {
      name: 'rename of one hard link to another of the same file does nothing',
      run: ({ at }) => {
        writeFileSync(at('one'), 'content');
        linkSync(at('one'), at('two'));
        renameSync(at('one'), at('two'));
        return {
          names: readdirSync(at()).sort(),
          same: sameFile(at('one'), at('two')),
          facts: facts(at('one')),
        };
      },
    },
    {
      name: 'rename changes the ctime of the file and both times of the directories',
      run: ({ at }) => {
        mkdirSync(at('from'));
        mkdirSync(at('to'));
        const rename = () => {
          writeFileSync(at('from', 'file'), '');
          return renameSync(at('from', 'file'), at('to', 'file'));
        };
        const from = timesChanged(at('from'), rename);
        const to = timesChanged(at('to'), rename);
        linkSync(at('to', 'file'), at('alias'));
        const file = timesChanged(at('alias'), () => renameSync(at('to', 'file'), at('file')));
        return { from, to, file };
      },
    },
  ],
};

function renameAll(place: Place, flags: number): unknown {
  return outcomes(Object.fromEntries(things.map((from) => [from, from])), (from) =>
    outcomes(Object.fromEntries(things.map((to) => [to, to])), (to) => {
      const world = place.at(`${from} to ${to}`.replaceAll('/', ' in '));
      makeThings(world);
      const result = outcome(() => renameat2(`${world}/${from}`, `${world}/${to}`, flags));
      const left = readdirSync(world, { withFileTypes: true }).map(
        (entry) => `${entry.name} ${typeName(entry)}`,
      );
      return [result, left.sort().join(', ')];
    }),
  );
}

function typeName(entry: { isFile(): boolean; isDirectory(): boolean; isSymbolicLink(): boolean }): string {
  if (entry.isFile()) return 'file';
  if (entry.isDirectory()) return 'directory';
  return entry.isSymbolicLink() ? 'link' : 'other';
}

function makeThings(world: string): void {
  mkdirSync(world);
  writeFileSync(`${world}/file`, 'file');
  writeFileSync(`${world}/other-file`, 'other');
  mkdirSync(`${world}/empty`);
  mkdirSync(`${world}/other-empty`);
  mkdirSync(`${world}/full/child`, { recursive: true });
  symlinkSync('file', `${world}/link`);
}
