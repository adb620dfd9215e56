/** Extended attributes of every namespace, and POSIX access control lists, which travel as one. */
import {
  chmodSync,
  chownSync,
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { asUser } from '../../sidecar/mounted/libc/credentials.js';
import { mknod } from '../../sidecar/mounted/libc/files.js';
import {
  getXattr,
  listXattrs,
  removeXattr,
  setXattr,
  XATTR_CREATE,
  XATTR_REPLACE,
  xattrListLength,
} from '../../sidecar/mounted/libc/xattrs.js';
import { acl } from '../acl.js';
import type { Chapter } from '../case.js';
import { facts, modeOf, outcome, outcomes, timesChanged } from '../observe.js';

const names = [
  'user.one',
  'trusted.one',
  'security.one',
  'system.one',
  'user.',
  'nonsense',
  'other.one',
  `user.${'n'.repeat(250)}`,
  `user.${'n'.repeat(251)}`,
];
const named = Object.fromEntries(names.map((name) => [name, name]));
const stranger = { uid: 1005, gid: 2005 };
const member = { uid: 1006, gid: 2006 };

export const extendedAttributes: Chapter = {
  name: 'extended attributes',
  cases: [
    {
      name: 'every namespace is kept or refused as beneath, on every sort of file',
      run: ({ at }) => {
        writeFileSync(at('file'), '');
        mkdirSync(at('directory'));
        symlinkSync('file', at('link'));
        mknod(at('fifo'), 0o010666, 0);
        return ['file', 'directory', 'link', 'fifo'].map((path) => ({
          set: outcomes(named, (name) => setXattr(at(path), name, 'value')),
          get: outcomes(named, (name) => getXattr(at(path), name).toString()),
          list: listXattrs(at(path)),
          remove: outcomes(named, (name) => removeXattr(at(path), name)),
        }));
      },
    },
    {
      name: 'a plain user sees and sets what the kernel lets them',
      run: ({ at }) => {
        writeFileSync(at('file'), '');
        chmodSync(at('file'), 0o644);
        for (const name of ['user.a', 'trusted.a', 'security.a']) setXattr(at('file'), name, 'value');
        return asUser(stranger, () => ({
          list: listXattrs(at('file')),
          get: outcomes(named, (name) => getXattr(at('file'), name.replace('one', 'a')).toString()),
          set: outcomes(named, (name) => setXattr(at('file'), name, 'value')),
        }));
      },
    },
    {
      name: 'lengths are told, and too little room is ERANGE',
      run: ({ at }) => {
        writeFileSync(at('file'), '');
        setXattr(at('file'), 'user.name', 'twelve bytes');
        setXattr(at('file'), 'user.empty', '');
        return {
          get: [0, 1, 11, 12, 13].map((size) =>
            outcome(() => getXattr(at('file'), 'user.name', size).length),
          ),
          empty: [0, 1].map((size) => outcome(() => getXattr(at('file'), 'user.empty', size).length)),
          list: [0, 1, 20, 21, 22, 1000].map((size) => outcome(() => xattrListLength(at('file'), size))),
        };
      },
    },
    {
      name: 'XATTR_CREATE and XATTR_REPLACE hold',
      run: ({ at }) => {
        writeFileSync(at('file'), '');
        return [XATTR_REPLACE, XATTR_CREATE, XATTR_CREATE, XATTR_REPLACE, 3, 4].map((flags, value) => [
          outcome(() => setXattr(at('file'), 'user.name', `${value}`, flags)),
          outcome(() => getXattr(at('file'), 'user.name').toString()),
        ]);
      },
    },
    {
      name: 'values of any size are kept up to the file system’s limit',
      run: ({ at }) => {
        writeFileSync(at('file'), '');
        return [1, 1000, 3500, 4096, 65_536, 65_537].map((size) => [
          outcome(() => setXattr(at('file'), 'user.big', Buffer.alloc(size, 'v'))),
          outcome(() => getXattr(at('file'), 'user.big', 70_000).length),
        ]);
      },
    },
    {
      name: 'a hundred attributes are listed',
      run: ({ at }) => {
        writeFileSync(at('file'), '');
        const set = Array.from({ length: 100 }, (_, n) =>
          outcome(() => setXattr(at('file'), `user.attribute-${n}`, `${n}`)),
        );
        return { set, list: listXattrs(at('file')) };
      },
    },
    {
      name: 'setting and removing change the ctime alone',
      run: ({ at }) => {
        writeFileSync(at('file'), '');
        return [
          timesChanged(at('file'), () => setXattr(at('file'), 'user.name', 'x')),
          timesChanged(at('file'), () => removeXattr(at('file'), 'user.name')),
        ];
      },
    },
    {
      name: 'an access control list opens a file to the user it names, and shows in the mode',
      run: ({ at }) => {
        writeFileSync(at('file'), 'content');
        chmodSync(at('file'), 0o600);
        const list = acl({ owner: 6, group: 0, other: 0, users: { 1005: 4 }, mask: 4 });
        return {
          before: asUser(stranger, () => outcome(() => readFileSync(at('file'), 'utf8'))),
          set: outcome(() => setXattr(at('file'), 'system.posix_acl_access', list)),
          after: asUser(stranger, () => outcome(() => readFileSync(at('file'), 'utf8'))),
          member: asUser(member, () => outcome(() => readFileSync(at('file'), 'utf8'))),
          mode: modeOf(at('file')),
          list: listXattrs(at('file')),
          masked: [
            outcome(() => chmodSync(at('file'), 0o600)),
            asUser(stranger, () => outcome(() => readFileSync(at('file'), 'utf8'))),
          ],
          left: outcome(() => getXattr(at('file'), 'system.posix_acl_access').toString('hex')),
        };
      },
    },
    {
      name: 'a default access control list is inherited, in place of the umask',
      run: ({ at }) => {
        mkdirSync(at('directory'));
        const list = acl({ owner: 7, group: 5, other: 0, users: { 1005: 6 }, mask: 7 });
        const set = outcome(() => setXattr(at('directory'), 'system.posix_acl_default', list));
        const before = process.umask(0o077);
        closeSync(openSync(at('directory', 'file'), 'w', 0o666));
        mkdirSync(at('directory', 'child'), 0o777);
        mknod(at('directory', 'fifo'), 0o010666, 0);
        process.umask(before);
        return {
          set,
          made: ['file', 'child', 'fifo'].map((name) => [
            facts(at('directory', name)).mode,
            listXattrs(at('directory', name)),
          ]),
          allowed: asUser(stranger, () => outcome(() => readFileSync(at('directory', 'file'), 'utf8'))),
          refused: asUser(member, () => outcome(() => readFileSync(at('directory', 'file'), 'utf8'))),
        };
      },
    },
    {
      name: 'a list that makes no sense is refused',
      run: ({ at }) => {
        writeFileSync(at('file'), '');
        chownSync(at('file'), 1005, 2005);
        return [
          outcome(() => setXattr(at('file'), 'system.posix_acl_access', Buffer.from('nonsense'))),
          outcome(() =>
            setXattr(at('file'), 'system.posix_acl_default', acl({ owner: 7, group: 5, other: 0 })),
          ),
          asUser(member, () =>
            outcome(() =>
              setXattr(at('file'), 'system.posix_acl_access', acl({ owner: 7, group: 7, other: 7 })),
            ),
          ),
          asUser(stranger, () =>
            outcome(() =>
              setXattr(at('file'), 'system.posix_acl_access', acl({ owner: 6, group: 4, other: 0 })),
            ),
          ),
          modeOf(at('file')),
        ];
      },
    },
  ],
};
