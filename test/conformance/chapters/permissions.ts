/** Who may do what: the kernel's own checks, for owner, group, others and root. */
import {
  accessSync,
  chmodSync,
  chownSync,
  closeSync,
  constants,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { asUser, type User } from '../../sidecar/mounted/libc/credentials.js';
import { utimens } from '../../sidecar/mounted/libc/files.js';
import type { Chapter } from '../case.js';
import { facts, outcome, outcomes } from '../observe.js';

const owner: User = { uid: 1001, gid: 2001 };
const users: Readonly<Record<string, User>> = {
  owner,
  member: { uid: 1002, gid: 2001 },
  'member by a supplementary group': { uid: 1003, gid: 2003, groups: [3000, 2001] },
  'member by the last of many groups': {
    uid: 1004,
    gid: 2003,
    groups: [...Array(40).keys()].map((n) => 4000 + n).concat(2001),
  },
  other: { uid: 1005, gid: 2005 },
};
const modes = [
  0o000, 0o100, 0o200, 0o400, 0o040, 0o020, 0o010, 0o004, 0o002, 0o001, 0o640, 0o750, 0o077, 0o777,
];

export const permissions: Chapter = {
  name: 'permissions',
  cases: [
    {
      name: 'opening a file, for every mode and user',
      run: ({ at }) =>
        modes.map((mode) => {
          const file = ownedFile(at(mode.toString(8)), mode);
          return outcomes(users, (user) =>
            asUser(user, () => ({
              read: outcome(() => closeSync(openSync(file, 'r'))),
              write: outcome(() => closeSync(openSync(file, 'r+'))),
              truncate: outcome(() => truncateSync(file, 0)),
              access: outcomes({ r: 4, w: 2, x: 1, rx: 5 }, (wanted) => accessSync(file, wanted)),
            })),
          );
        }),
    },
    {
      name: 'using a directory, for every mode and user',
      run: ({ at }) =>
        modes.map((mode) => {
          const directory = at(mode.toString(8));
          mkdirSync(directory);
          writeFileSync(`${directory}/file`, 'content');
          own(directory, mode);
          return outcomes(users, (user) => asUser(user, () => useDirectory(directory)));
        }),
    },
    {
      name: 'root may do all, but execute only what somebody may',
      run: ({ at }) =>
        modes.map((mode) => {
          const file = ownedFile(at(mode.toString(8)), mode);
          return [
            outcome(() => readFileSync(file, 'utf8')),
            outcome(() => truncateSync(file, 1)),
            outcome(() => accessSync(file, constants.X_OK)),
          ];
        }),
    },
    {
      name: 'a change of the mode closes and opens the file to others at once',
      run: ({ at }) => {
        const file = ownedFile(at('file'), 0o600);
        const other = { uid: 1005, gid: 2005 };
        return [0o600, 0o604, 0o600, 0o644].map((mode) => {
          chmodSync(file, mode);
          return asUser(other, () => outcome(() => readFileSync(file, 'utf8')));
        });
      },
    },
    {
      name: 'chmod, chown and setting times belong to the owner',
      run: ({ at }) =>
        outcomes(users, (user, name) => {
          const file = ownedFile(at(name), 0o666);
          return asUser(user, () => ({
            chmod: outcome(() => chmodSync(file, 0o606)),
            chownUser: outcome(() => chownSync(file, 1005, -1)),
            chownNothing: outcome(() => chownSync(file, -1, -1)),
            chownSame: outcome(() => chownSync(file, 1001, 2001)),
            chownGroup: outcome(() => chownSync(file, -1, 3000)),
            touch: outcome(() => utimens(file, 'now', 'now')),
            setTimes: outcome(() => utimens(file, 1n, 1n)),
            left: outcome(() => facts(file)),
          }));
        }),
    },
    {
      name: 'the owner may give the file to a group of theirs, and to no other',
      run: ({ at }) => {
        const file = ownedFile(at('file'), 0o644);
        const many = { ...owner, groups: [3000, 3001] };
        return [3000, 3001, 3002, 2001].map((group) => [
          asUser(many, () => outcome(() => chownSync(file, -1, group))),
          facts(file).owner,
        ]);
      },
    },
    {
      name: 'in a sticky directory only the owners of the file or the directory remove and rename',
      run: ({ at }) =>
        outcomes({ ...users, 'directory owner': { uid: 1009, gid: 2009 } }, (user, name) => {
          const directory = at(name);
          mkdirSync(directory);
          chownSync(directory, 1009, 2009);
          chmodSync(directory, 0o1777);
          for (const file of ['one', 'two', 'three']) ownedFile(`${directory}/${file}`, 0o666);
          mkdirSync(`${directory}/empty`);
          own(`${directory}/empty`, 0o777);
          return asUser(user, () => ({
            unlink: outcome(() => unlinkSync(`${directory}/one`)),
            rmdir: outcome(() => rmdirSync(`${directory}/empty`)),
            rename: outcome(() => renameSync(`${directory}/two`, `${directory}/four`)),
            replace: outcome(() => {
              writeFileSync(`${directory}/mine`, '');
              renameSync(`${directory}/mine`, `${directory}/three`);
            }),
          }));
        }),
    },
    {
      name: 'hard links to what is not one’s own follow the kernel’s protection',
      run: ({ at }) => {
        ownedFile(at('secret'), 0o600);
        ownedFile(at('setuid'), 0o4777);
        ownedFile(at('open'), 0o666);
        return asUser({ uid: 1005, gid: 2005 }, () =>
          outcomes({ secret: 'secret', setuid: 'setuid', open: 'open' }, (name) =>
            linkSync(at(name), at(`${name}-link`)),
          ),
        );
      },
    },
    {
      name: 'an open descriptor keeps what it was allowed when the mode is taken away',
      run: ({ at }) => {
        const file = ownedFile(at('file'), 0o666);
        const fd = asUser({ uid: 1005, gid: 2005 }, () => openSync(file, 'r+'));
        chmodSync(file, 0);
        const seen = asUser({ uid: 1005, gid: 2005 }, () => ({
          byDescriptor: outcome(() => readFileSync(fd, 'utf8')),
          byName: outcome(() => readFileSync(file, 'utf8')),
          byProc: outcome(() => closeSync(openSync(`/proc/self/fd/${fd}`, 'r'))),
        }));
        closeSync(fd);
        return seen;
      },
    },
  ],
};

function useDirectory(directory: string): unknown {
  return {
    list: outcome(() => readdirSync(directory)),
    lookup: outcome(() => readFileSync(`${directory}/file`, 'utf8')),
    missing: outcome(() => readFileSync(`${directory}/missing`, 'utf8')),
    create: outcome(() => closeSync(openSync(`${directory}/new`, 'wx'))),
    mkdir: outcome(() => mkdirSync(`${directory}/child`)),
    rename: outcome(() => renameSync(`${directory}/new`, `${directory}/renamed`)),
    unlink: outcome(() => unlinkSync(`${directory}/renamed`)),
    rmdir: outcome(() => rmdirSync(`${directory}/child`)),
    chdir: outcome(() => process.chdir(directory)),
    back: process.chdir('/'),
  };
}

function ownedFile(path: string, mode: number): string {
  writeFileSync(path, 'content');
  own(path, mode);
  return path;
}

function own(path: string, mode: number): void {
  chownSync(path, owner.uid, owner.gid);
  chmodSync(path, mode);
}
