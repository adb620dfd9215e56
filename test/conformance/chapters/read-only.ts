/** A volume that is mounted read-only: everything can be looked at and nothing changed. */
import {
  accessSync,
  chmodSync,
  chownSync,
  closeSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  statfsSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { mknod, O_TMPFILE, truncate, utimens } from '../../sidecar/mounted/libc/files.js';
import { map } from '../../sidecar/mounted/libc/memory.js';
import { getXattr, removeXattr, setXattr } from '../../sidecar/mounted/libc/xattrs.js';
import type { Chapter, Place } from '../case.js';
import { facts, outcomes } from '../observe.js';

const changes: Readonly<Record<string, (place: Place) => unknown>> = {
  create: ({ at }) => openSync(at('new'), 'wx'),
  'create what exists': ({ at }) => openSync(at('file'), 'wx'),
  'open for writing': ({ at }) => openSync(at('file'), 'r+'),
  'open a missing file for writing': ({ at }) => openSync(at('missing'), 'r+'),
  'open with O_TRUNC': ({ at }) => openSync(at('file'), 'w'),
  'open a directory for writing': ({ at }) => openSync(at('directory'), 'r+'),
  tmpfile: ({ at }) => openSync(at(), O_TMPFILE | 2),
  mkdir: ({ at }) => mkdirSync(at('new')),
  'mkdir of what exists': ({ at }) => mkdirSync(at('directory')),
  rmdir: ({ at }) => rmdirSync(at('directory')),
  'rmdir of what is full': ({ at }) => rmdirSync(at('full')),
  unlink: ({ at }) => unlinkSync(at('file')),
  'unlink of what is missing': ({ at }) => unlinkSync(at('missing')),
  rename: ({ at }) => renameSync(at('file'), at('renamed')),
  link: ({ at }) => linkSync(at('file'), at('hard-link')),
  symlink: ({ at }) => symlinkSync('x', at('new')),
  mknod: ({ at }) => mknod(at('new'), 0o010644, 0),
  chmod: ({ at }) => chmodSync(at('file'), 0o600),
  chown: ({ at }) => chownSync(at('file'), 1, 1),
  utimens: ({ at }) => utimens(at('file'), 1n, 1n),
  truncate: ({ at }) => truncate(at('file'), 0),
  setxattr: ({ at }) => setXattr(at('file'), 'user.new', 'x'),
  removexattr: ({ at }) => removeXattr(at('file'), 'user.name'),
  'access for writing': ({ at }) => accessSync(at('file'), 2),
};

export const readOnly: Chapter = {
  name: 'read-only volumes',
  cases: [
    {
      name: 'every change is refused',
      run: (place) => {
        prepare(place);
        return {
          changes: outcomes(changes, (change) => change(place)),
          left: readdirSync(place.at()).sort(),
        };
      },
    },
    {
      name: 'everything can be looked at',
      run: (place) => {
        prepare(place);
        const fd = openSync(place.at('file'), 'r');
        const memory = map(fd, { length: 7, shared: true, writable: false });
        const mapped = memory.load(0, 7).toString();
        memory.unmap();
        closeSync(fd);
        return {
          names: readdirSync(place.at()).sort(),
          content: readFileSync(place.at('link'), 'utf8'),
          mapped,
          xattr: getXattr(place.at('file'), 'user.name').toString(),
          facts: ['file', 'directory', 'full', 'link'].map((name) => facts(place.at(name))),
          blocks: statfsSync(place.at()).blocks,
        };
      },
    },
  ],
};

function prepare({ beneath }: Place): void {
  writeFileSync(beneath('file'), 'content');
  setXattr(beneath('file'), 'user.name', 'value');
  mkdirSync(beneath('directory'));
  mkdirSync(beneath('full', 'child'), { recursive: true });
  symlinkSync('file', beneath('link'));
}
