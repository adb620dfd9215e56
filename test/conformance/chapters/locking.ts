/** Locks between two processes: POSIX, OFD and flock, and how they end. */
import { spawnSync } from 'node:child_process';
import { closeSync, fstatSync, openSync, readFileSync, renameSync, unlinkSync, writeFileSync } from 'node:fs';
import { dup } from '../../sidecar/mounted/libc/files.js';
import {
  flock,
  getLock,
  type LockOwner,
  type LockRange,
  setLease,
  setLock,
} from '../../sidecar/mounted/libc/locks.js';
import { until } from '../../sidecar/mounted/until.js';
import type { Chapter, Place } from '../case.js';
import { outcome } from '../observe.js';

const whole = (kind: LockRange['kind']): LockRange => ({ kind, start: 0, length: 0 });
const owners: readonly LockOwner[] = ['process', 'description'];

export const locking: Chapter = {
  name: 'locking',
  cases: [
    ...owners.flatMap((owner) => [
      {
        name: `locks of a ${owner} keep another process out of their range alone`,
        run: (place: Place) => ranges(place, owner),
      },
      {
        name: `readers of a ${owner} share, a writer waits for them`,
        run: (place: Place) => sharing(place, owner),
      },
      {
        name: `a killed process loses the locks of its ${owner}`,
        run: (place: Place) => death(place, owner),
      },
    ]),
    {
      name: 'closing any descriptor of a file drops the process’s POSIX locks, not those of a description',
      run: async ({ at, other }) => {
        const theirs = await openBoth(at('file'), other());
        const seen = [];
        for (const owner of owners) {
          const fd = openSync(at('file'), 'r+');
          setLock(fd, owner, whole('write'));
          closeSync(openSync(at('file'), 'r+'));
          seen.push(await other().call('setLock', theirs, owner, whole('write')));
          closeSync(fd);
          await other().call('setLock', theirs, owner, whole('unlock'));
        }
        return seen;
      },
    },
    {
      name: 'flock() is exclusive or shared between descriptions, in one process and in two',
      run: async ({ at, other }) => {
        const theirs = await openBoth(at('file'), other());
        const [one, two] = [openSync(at('file'), 'r'), openSync(at('file'), 'r')];
        const seen: unknown[] = [];
        for (const operation of ['shared', 'exclusive', 'unlock', 'exclusive', 'unlock'] as const) {
          seen.push(
            outcome(() => flock(one, operation)),
            outcome(() => flock(two, 'shared')),
          );
          seen.push(
            await other().call('flock', theirs, 'shared'),
            await other().call('flock', theirs, 'exclusive'),
          );
          flock(two, 'unlock');
          await other().call('flock', theirs, 'unlock');
        }
        closeSync(one);
        closeSync(two);
        return seen;
      },
    },
    {
      name: 'a description’s flock lives as long as its last descriptor, in a child too',
      run: ({ at }) => {
        writeFileSync(at('file'), '');
        const [held, probe] = [openSync(at('file'), 'r'), openSync(at('file'), 'r')];
        flock(held, 'exclusive');
        const copy = dup(held);
        closeSync(held);
        const afterClose = outcome(() => flock(probe, 'exclusive'));
        const inChild = spawnSync('flock', ['--nonblock', '--shared', '3'], {
          stdio: ['ignore', 'ignore', 'ignore', copy],
        });
        const converted = [
          inChild.status,
          outcome(() => flock(probe, 'exclusive')),
          outcome(() => flock(probe, 'shared')),
        ];
        closeSync(copy);
        const afterAll = outcome(() => flock(probe, 'exclusive'));
        closeSync(probe);
        return { afterClose, converted, afterAll };
      },
    },
    {
      name: 'flock and POSIX locks do not see each other',
      run: async ({ at, other }) => {
        const theirs = await openBoth(at('file'), other());
        const mine = openSync(at('file'), 'r+');
        flock(mine, 'exclusive');
        const posix = await other().call('setLock', theirs, 'process', whole('write'));
        await other().call('setLock', theirs, 'process', whole('unlock'));
        closeSync(mine);
        return posix;
      },
    },
    {
      name: 'a lock stays with the file when it is renamed or unlinked',
      run: async ({ at, other }) => {
        const theirs = await openBoth(at('file'), other());
        const mine = openSync(at('file'), 'r+');
        setLock(mine, 'process', whole('write'));
        renameSync(at('file'), at('renamed'));
        const renamed = await other().call('setLock', theirs, 'process', whole('read'));
        unlinkSync(at('renamed'));
        const unlinked = await other().call('setLock', theirs, 'process', whole('read'));
        closeSync(mine);
        return [renamed, unlinked, await other().call('setLock', theirs, 'process', whole('read'))];
      },
    },
    {
      name: 'a lock needs a descriptor that allows it, and a range that makes sense',
      run: ({ at }) => {
        writeFileSync(at('file'), '');
        return ['r', 'a'].map((flags) => {
          const fd = openSync(at('file'), flags);
          const tries = [
            whole('read'),
            whole('write'),
            { kind: 'read', start: -1, length: 1 },
            { kind: 'read', start: 10, length: -5 },
          ] as const;
          const seen = tries.map((range) => owners.map((owner) => outcome(() => setLock(fd, owner, range))));
          closeSync(fd);
          return seen;
        });
      },
    },
    {
      name: 'leases are given and refused as beneath',
      run: ({ at }) => {
        writeFileSync(at('file'), '');
        return ['r', 'r+'].map((flags) => {
          const fd = openSync(at('file'), flags);
          const seen = (['read', 'write', 'none'] as const).map((lease) =>
            outcome(() => setLease(fd, lease)),
          );
          closeSync(fd);
          return seen;
        });
      },
    },
  ],
};

async function ranges({ at, other }: Place, owner: LockOwner): Promise<unknown> {
  const theirs = await openBoth(at('file'), other());
  const mine = openSync(at('file'), 'r+');
  setLock(mine, owner, { kind: 'write', start: 100, length: 50 });
  setLock(mine, owner, { kind: 'unlock', start: 120, length: 10 });
  setLock(mine, owner, { kind: 'read', start: 2 ** 40, length: 0 });
  const seen = [];
  for (const [start, length] of [
    [0, 100],
    [0, 101],
    [120, 10],
    [119, 1],
    [130, 1],
    [150, 0],
    [2 ** 41, 1],
  ] as const) {
    const range = { kind: 'write', start, length } as const;
    const found = await other().call('getLock', theirs, owner, range);
    seen.push({
      ...range,
      found: withoutPid(found),
      set: await other().call('setLock', theirs, owner, range),
    });
    await other().call('setLock', theirs, owner, { ...range, kind: 'unlock' });
  }
  const own = withoutPid(getLock(mine, owner, whole('write')));
  closeSync(mine);
  return { seen, own };
}

async function sharing({ at, other }: Place, owner: LockOwner): Promise<unknown> {
  const theirs = await openBoth(at('file'), other());
  const mine = openSync(at('file'), 'r+');
  setLock(mine, owner, whole('read'));
  const shared = await other().call('setLock', theirs, owner, whole('read'));
  const upgrade = outcome(() => setLock(mine, owner, whole('write')));
  let had: unknown = 'still waiting';
  const waited = other()
    .call('waitLock', theirs, owner, whole('write'))
    .then((result) => {
      had = result;
    });
  await until(() => isWaitedFor(mine));
  const before = had;
  setLock(mine, owner, whole('unlock'));
  await waited;
  const refused = outcome(() => setLock(mine, owner, whole('read')));
  await other().call('close', theirs);
  const free = outcome(() => setLock(mine, owner, whole('write')));
  closeSync(mine);
  return { shared, upgrade, before, had, refused, free };
}

async function death({ at, other }: Place, owner: LockOwner): Promise<unknown> {
  const process = other();
  const theirs = await openBoth(at('file'), process);
  const mine = openSync(at('file'), 'r+');
  await process.call('setLock', theirs, owner, whole('write'));
  await process.call('flock', theirs, 'exclusive');
  const before = [outcome(() => setLock(mine, owner, whole('write'))), outcome(() => flock(mine, 'shared'))];
  await process.kill();
  const after = [outcome(() => setLock(mine, owner, whole('write'))), outcome(() => flock(mine, 'shared'))];
  closeSync(mine);
  return { before, after };
}

async function openBoth(path: string, other: ReturnType<Place['other']>): Promise<number> {
  writeFileSync(path, 'content', { flag: 'a' });
  return Number(await other.call('open', path, 'r+'));
}

function withoutPid(lock: unknown): unknown {
  return typeof lock === 'object' ? { ...lock, pid: undefined } : lock;
}

/** The kernel lists who waits for a lock with an arrow. */
function isWaitedFor(fd: number): boolean {
  const inode = `:${fstatSync(fd, { bigint: true }).ino} `;
  return readFileSync('/proc/locks', 'utf8')
    .split('\n')
    .some((line) => line.includes('->') && line.includes(inode));
}
