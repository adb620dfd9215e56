/** The main program of the second process: it does one thing after the other and says what came of it. */
import {
  appendFileSync,
  closeSync,
  fsyncSync,
  openSync,
  readSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import {
  flock,
  getLock,
  type LockOwner,
  type LockRange,
  setLock,
  waitFlock,
  waitLock,
} from '../sidecar/mounted/libc/locks.js';
import { type Mapping, type MappingOptions, map } from '../sidecar/mounted/libc/memory.js';
import { outcome } from './observe.js';

const mappings = new Map<number, Mapping>();

export const routines = {
  open: (path: string, flags: number | string) => openSync(path, flags),
  close: (fd: number) => closeSync(fd),
  setLock: (fd: number, owner: LockOwner, range: LockRange) => setLock(fd, owner, range),
  waitLock: (fd: number, owner: LockOwner, range: LockRange) => waitLock(fd, owner, range),
  getLock: (fd: number, owner: LockOwner, range: LockRange) => getLock(fd, owner, range),
  flock: (fd: number, operation: 'shared' | 'exclusive' | 'unlock') => flock(fd, operation),
  waitFlock: (fd: number, operation: 'shared' | 'exclusive' | 'unlock') => waitFlock(fd, operation),
  appendRecords: (path: string, record: string, count: number) => {
    for (let written = 0; written < count; written += 1) appendFileSync(path, record);
  },
  unlink: (path: string) => unlinkSync(path),
  read: (fd: number, length: number, position: number) => {
    const into = Buffer.alloc(length);
    return into.toString('latin1', 0, readSync(fd, into, 0, length, position));
  },
  write: (fd: number, text: string, position: number) => writeSync(fd, text, position, 'latin1'),
  fsync: (fd: number) => fsyncSync(fd),
  isDirectory: (path: string) => statSync(path).isDirectory(),
  map: (fd: number, options: MappingOptions) => {
    mappings.set(fd, map(fd, options));
  },
  load: (fd: number, offset: number, length: number) =>
    mappings.get(fd)?.load(offset, length).toString('latin1'),
  store: (fd: number, offset: number, text: string) =>
    mappings.get(fd)?.store(offset, Buffer.from(text, 'latin1')),
};

interface Request {
  readonly id: number;
  readonly name: keyof typeof routines;
  readonly args: readonly never[];
}

process.on('message', ({ id, name, args }: Request) => {
  const routine = routines[name] as (...args: readonly never[]) => unknown;
  process.send?.({ id, value: outcome(() => routine(...args)) });
});
