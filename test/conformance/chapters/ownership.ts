/** Whose a new file is, and which modes survive: umask, setgid directories, the clearing of setuid and setgid. */
import {
  chmodSync,
  chownSync,
  closeSync,
  constants,
  ftruncateSync,
  linkSync,
  mkdirSync,
  openSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { asUser, type User } from '../../sidecar/mounted/libc/credentials.js';
import {
  AT_SYMLINK_FOLLOW,
  copyFileRange,
  fallocate,
  linkat,
  mknod,
  O_TMPFILE,
} from '../../sidecar/mounted/libc/files.js';
import { map } from '../../sidecar/mounted/libc/memory.js';
import type { Chapter, Place } from '../case.js';
import { facts, modeOf, outcome, outcomes } from '../observe.js';

const caller: User = { uid: 1001, gid: 2001, groups: [3000] };
const stranger: User = { uid: 1005, gid: 2005 };
const root: User = { uid: 0, gid: 0 };

const makers: Readonly<Record<string, (path: string, mode: number) => void>> = {
  file: (path, mode) => closeSync(openSync(path, 'wx', mode)),
  directory: (path, mode) => mkdirSync(path, mode),
  fifo: (path, mode) => mknod(path, 0o010000 | mode, 0),
  socket: (path, mode) => mknod(path, 0o140000 | mode, 0),
  'file by mknod': (path, mode) => mknod(path, 0o100000 | mode, 0),
  link: (path) => symlinkSync('x', path),
  tmpfile: (path, mode) => {
    const fd = openSync(`${path}/..`.replace(/\/[^/]+\/\.\.$/, ''), O_TMPFILE | constants.O_RDWR, mode);
    linkat({ dir: -100, path: `/proc/self/fd/${fd}` }, path, AT_SYMLINK_FOLLOW);
    closeSync(fd);
  },
};

/** Everything that changes a file's content or owner, and so may cost it its setuid and setgid bits. */
const changes: Readonly<Record<string, (path: string) => unknown>> = {
  write: (path) => writing(path, (fd) => writeSync(fd, 'x', 0)),
  'write of nothing': (path) => writing(path, (fd) => writeSync(fd, '', 0)),
  append: (path) => writeFileSync(path, 'x', { flag: 'a' }),
  truncate: (path) => truncateSync(path, 3),
  ftruncate: (path) => writing(path, (fd) => ftruncateSync(fd, 3)),
  'truncate to the same size': (path) => truncateSync(path, 7),
  'open with O_TRUNC': (path) => closeSync(openSync(path, 'w')),
  fallocate: (path) => writing(path, (fd) => fallocate(fd, 0, 0, 10_000)),
  'punch a hole': (path) => writing(path, (fd) => fallocate(fd, 3, 0, 4)),
  copy_file_range: (path) => writing(path, (fd) => copyFileRange(fd, 0, fd, 100, 5)),
  'mapped store': (path) => writing(path, (fd) => storeMapped(fd)),
  'direct write': (path) => closeSync(openSync(path, constants.O_DIRECT | constants.O_RDWR)),
  'chown to the same': (path) => chownSync(path, 1001, 2001),
  'chown of the group': (path) => chownSync(path, -1, 3000),
  'chmod that keeps them': (path) => chmodSync(path, 0o6755),
  link: (path) => linkSync(path, `${path}-link`),
};

const chownToNobody: typeof changes = { 'chown to nobody': (path) => chownSync(path, -1, -1) };

export const ownership: Chapter = {
  name: 'ownership',
  cases: [
    {
      name: 'what a plain user makes is theirs, with their umask',
      run: (place) => makeAll(place.at(), caller),
    },
    {
      name: 'a setgid directory hands its group down, and its bit to directories',
      run: ({ at }) => {
        mkdirSync(at('shared'));
        chownSync(at('shared'), 0, 5000);
        chmodSync(at('shared'), 0o2777);
        return { caller: makeAll(at('shared'), caller), root: makeAll(at('shared'), root) };
      },
    },
    {
      name: 'a member of the directory’s group keeps the setgid bit of what they make',
      run: ({ at }) => {
        mkdirSync(at('shared'));
        chownSync(at('shared'), 0, 3000);
        chmodSync(at('shared'), 0o2777);
        return [caller, stranger].map((user) =>
          asUser(user, () =>
            outcomes(makers, (make, name) => {
              const path = at('shared', `${user.uid} ${name}`);
              make(path, 0o2775);
              return facts(path);
            }),
          ),
        );
      },
    },
    ...Object.entries({ owner: caller, stranger, root }).map(([name, user]) => ({
      name: `setuid and setgid bits after every change by the ${name}`,
      run: (place: Place) =>
        [0o6777, 0o4766, 0o2777, 0o2767, 0o6666].map((mode) => changeAll(place, mode, user, changes)),
    })),
    {
      name: 'a chown() that names nobody drops the bits all the same',
      run: (place) => [caller, root].map((user) => changeAll(place, 0o6777, user, chownToNobody)),
    },
    {
      name: 'a stranger’s chown() that names nobody',
      difference: {
        because: 'to the daemon it is the same request as the one before a stranger’s fallocate()',
        onMount: { 'chown to nobody': ['ok', '6777'] },
      },
      run: (place) => changeAll(place, 0o6777, stranger, chownToNobody),
    },
    {
      name: 'chmod by an owner outside the file’s group drops the setgid bit',
      run: ({ at }) => {
        writeFileSync(at('file'), '');
        chownSync(at('file'), 1001, 7000);
        asUser(caller, () => chmodSync(at('file'), 0o6755));
        return modeOf(at('file'));
      },
    },
    {
      name: 'chown of a directory keeps its bits',
      run: ({ at }) => {
        mkdirSync(at('directory'));
        chmodSync(at('directory'), 0o6777);
        chownSync(at('directory'), 1001, 2001);
        asUser(caller, () => outcome(() => chownSync(at('directory'), -1, 3000)));
        return facts(at('directory'));
      },
    },
  ],
};

function makeAll(directory: string, user: User): unknown {
  return [0o000, 0o022, 0o077].map((umask) => {
    const before = process.umask(umask);
    try {
      return asUser(user, () =>
        outcomes(makers, (make, name) => {
          const path = `${directory}/${user.uid} ${umask} ${name}`;
          make(path, 0o777);
          return { ...facts(path), size: undefined, blocks: undefined };
        }),
      );
    } finally {
      process.umask(before);
    }
  });
}

function changeAll({ at }: Place, mode: number, user: User, all: typeof changes): unknown {
  return outcomes(all, (change, name) => {
    const path = at(`${user.uid} ${mode.toString(8)} ${name}`);
    writeFileSync(path, 'content');
    chownSync(path, 1001, 2001);
    chmodSync(path, mode);
    const changed = asUser(user, () => outcome(() => void change(path)));
    return [changed, modeOf(path)];
  });
}

function writing(path: string, act: (fd: number) => unknown): void {
  const fd = openSync(path, 'r+');
  try {
    act(fd);
  } finally {
    closeSync(fd);
  }
}

function storeMapped(fd: number): void {
  const mapping = map(fd, { length: 4096, shared: true, writable: true });
  mapping.store(0, Buffer.from('y'));
  mapping.sync();
  mapping.unmap();
}
