/** A sidecar that may have 1024 open files, and a program that may have more and takes all that there are. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import {
  closeSync,
  existsSync,
  fstatSync,
  openSync,
  readdirSync,
  readFileSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { lastFirst } from '../../cli/last-first.js';
import { needs } from '../../needs.js';
import { freePort, portOf } from '../network/ports.js';
import { limitOf, withDescriptorLimit } from './descriptor-limit.js';
import { Hoard, makeFiles, openMore, outcome, useNames, useOpen } from './hoard.js';
import { killFaultProxy } from './kill-fault-proxy.js';
import { type DirectoryStream, openDirectory } from './libc/directory-stream.js';
import { type MountedDisk, mountDisk } from './mounted-disk.js';
import { until } from './until.js';

const limit = 1024;
/** More than the sidecar has descriptors for, and than getdents64(2) gives at once. */
const fileCount = 900;
/** Far more than a share of the descriptors for connections. */
const connectionCount = 700;
const options = { skip: needs('root', 'fuse'), timeout: 240_000 };

interface Limited {
  readonly disk: MountedDisk;
  /** Where the sidecar forwards connections to a server that gives back what it gets. */
  readonly port: number;
}

async function limited(t: TestContext): Promise<Limited> {
  const server = createServer((socket) => socket.on('error', () => {}).pipe(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  lastFirst(t, () => closeServer(server));
  const port = await freePort();
  const upstream = { host: '127.0.0.1', port: portOf(server) };
  const forwards = [{ host: '127.0.0.1', port, upstream }];
  const disk = await withDescriptorLimit(t, { soft: 512, hard: limit }, () => mountDisk({ forwards }));
  lastFirst(t, () => disk.close());
  for (const directory of [disk.bare, disk.backing]) writeFileSync(join(directory, 'full'), 'content');
  return { disk, port };
}

async function closeServer(server: Server): Promise<void> {
  server.close();
  await once(server, 'close');
}

/** Of this test, on the bare directory and on the mount; closed when the test ends, before the mount goes. */
function hoards(t: TestContext, { bare, backing, mount }: MountedDisk): readonly [bare: Hoard, mount: Hoard] {
  const names = makeFiles(bare, fileCount);
  makeFiles(backing, fileCount);
  const both = [new Hoard(bare, names), new Hoard(mount, names)] as const;
  lastFirst(t, () => both.map((hoard) => hoard.close()));
  return both;
}

const descriptorsOf = (pid: number): number => readdirSync(`/proc/${pid}/fd`).length;

/** What comes back of `text`, or the code of the error; within a minute. */
async function echoed(port: number, text: string, open?: Socket[]): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  open?.push(socket);
  try {
    socket.write(text);
    const signal = AbortSignal.timeout(60_000);
    const [heard] = (await Promise.race([
      once(socket, 'data', { signal }),
      once(socket, 'close', { signal }).then(() => ['closed']),
    ])) as [Buffer | string];
    return String(heard);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error);
  } finally {
    if (open === undefined) socket.destroy();
  }
}

test('a program that opens too many files gets ENFILE, and all that is open goes on', options, async (t) => {
  const { disk } = await limited(t);
  const [bare, mount] = hoards(t, disk);
  const streams = [bare, mount].map(({ directory }) => openDirectory(directory));
  const begun = streams.map((stream) => stream.batch(8192).length);
  const nameless = [bare, mount].map(({ directory }) => openAndUnlink(directory));
  mount.fill();
  t.diagnostic(`${mount.fds.length} files were opened`);
  assert.equal(mount.error, 'ENFILE');
  assert.ok(mount.fds.length > limit / 2);
  bare.fill(mount.fds.length);

  assert.deepEqual(new Set(openMore(mount.directory)), new Set(['ENFILE']));
  assert.equal(existsSync(join(disk.backing, 'made')), false);
  assert.equal(readFileSync(join(disk.backing, 'full'), 'utf8'), 'content');
  assert.deepEqual(useNames(mount.directory), useNames(bare.directory));
  assert.deepEqual(useOpen(nameless[1] ?? -1), useOpen(nameless[0] ?? -1));
  assert.deepEqual(restOf(streams[1], begun[1]), restOf(streams[0], begun[0]));
  for (const [index, fd] of mount.fds.entries()) {
    for (const { directory, names } of [bare, mount]) unlinkSync(join(directory, names[index] ?? ''));
    assert.deepEqual(useOpen(fd), useOpen(bare.fds[index] ?? -1), `file ${index}`);
  }
  for (const stream of streams) stream.close();
  for (const fd of nameless) closeSync(fd);
});

function openAndUnlink(directory: string): number {
  const path = join(directory, 'nameless');
  writeFileSync(path, 'this has no name');
  const fd = openSync(path, 'r+');
  unlinkSync(path);
  return fd;
}

/** How many names a directory stream gives in all, of which `begun` were read. */
const restOf = (stream: DirectoryStream | undefined, begun = 0): number =>
  begun + (stream?.rest(8192).length ?? 0);

test(
  'when its files are closed, a program can open as many again, and no descriptor is lost',
  options,
  async (t) => {
    const { disk } = await limited(t);
    const [, mount] = hoards(t, disk);
    const pid = disk.sidecar.proxyPid();
    const idle = descriptorsOf(pid);
    const counts: number[] = [];
    for (let round = 0; round < 2; round++) {
      counts.push(mount.fill().fds.length);
      for (const name of mount.names.slice(0, 100)) unlinkSync(join(disk.mount, name));
      mount.close();
      for (const name of mount.names) writeFileSync(join(disk.mount, name), 'again');
      for (const name of mount.names) unlinkSync(join(disk.mount, name));
      // The kernel tells late that a file is closed (RELEASE), and that it forgot one.
      await until(() => descriptorsOf(pid) <= idle);
      makeFiles(disk.mount, fileCount);
    }
    assert.ok(Math.min(...counts) > limit / 2, String(counts));
    assert.deepEqual(useNames(mount.directory), useNames(disk.bare));
  },
);

test(
  'with no file left to open, faults are armed and disarmed, and new connections pass',
  options,
  async (t) => {
    const { disk, port } = await limited(t);
    const [, mount] = hoards(t, disk);
    mount.fill();
    for (const fd of mount.fds) unlinkSync(join(disk.mount, mount.names[mount.fds.indexOf(fd)] ?? ''));
    for (let round = 0; round < 3; round++) {
      await disk.control.arm('broken', 'disk error EIO on write');
      assert.equal(
        outcome(() => writeFileSync(mount.fds[0] ?? -1, 'more')),
        'EIO',
      );
      await disk.control.disarm('broken');
      assert.equal(
        outcome(() => writeFileSync(mount.fds[0] ?? -1, 'more')),
        undefined,
      );
    }
    const texts = Array.from({ length: 40 }, (_, index) => `connection ${index}`);
    const open: Socket[] = [];
    lastFirst(t, () => open.map((socket) => socket.destroy()));
    assert.deepEqual(await Promise.all(texts.map((text) => echoed(port, text, open))), texts);
    assert.ok(await disk.control.isReady());
    const { exhausted } = await disk.control.disk();
    assert.ok(exhausted >= 1);
    assert.match(
      await disk.control.metrics(),
      new RegExp(`^havock8s_disk_exhausted_total ${exhausted}$`, 'm'),
    );
  },
);

test(
  'files without a name go on after the death of a fault proxy that had no descriptor left',
  options,
  async (t) => {
    const { disk } = await limited(t);
    const [bare, mount] = hoards(t, disk);
    mount.fill();
    bare.fill(mount.fds.length);
    for (const hoard of [bare, mount])
      for (const [index] of hoard.fds.entries()) unlinkSync(join(hoard.directory, hoard.names[index] ?? ''));
    await killFaultProxy(disk);
    for (const [index, fd] of mount.fds.entries())
      assert.deepEqual(useOpen(fd), useOpen(bare.fds[index] ?? -1), `file ${index}`);
    assert.deepEqual(new Set(openMore(mount.directory)), new Set(['ENFILE']));
    mount.close();
    await until(() => outcome(() => readdirSync(mount.directory).length) === fileCount + 1 - bare.fds.length);
  },
);

test('one sidecar', options, async (t) => {
  const { disk, port } = await limited(t);

  await t.test('the sidecar raises its limit of open files to the hard one', () => {
    for (const pid of [disk.sidecar.proxyPid(), disk.sidecar.holderPid ?? 0])
      assert.deepEqual(limitOf(pid), { soft: limit, hard: limit });
  });

  await t.test('a fault that says EMFILE is answered so', async () => {
    await disk.control.arm('few', 'disk error EMFILE on open');
    assert.equal(
      outcome(() => openSync(join(disk.mount, 'full'), 'r')),
      'EMFILE',
    );
    await disk.control.disarm('few');
  });

  await t.test(
    'connections for which there is no room are refused at once, and files are opened',
    async (t) => {
      const [, mount] = hoards(t, disk);
      const open: Socket[] = [];
      lastFirst(t, () => open.map((socket) => socket.destroy()));
      const texts = Array.from({ length: connectionCount }, (_, index) => `connection ${index}`);
      const heard = await Promise.all(texts.map((text) => echoed(port, text, open)));
      const passed = heard.filter((text, index) => text === texts[index]);
      t.diagnostic(`${passed.length} connections passed`);
      assert.ok(passed.length > limit / 8 && passed.length < connectionCount);
      assert.deepEqual(
        new Set(heard.filter((text, index) => text !== texts[index])),
        new Set(['ECONNRESET']),
      );
      assert.equal(mount.fill(100).fds.length, 100);
      assert.equal(fstatSync(mount.fds[99] ?? -1).nlink, 1);
      assert.ok(await disk.control.isReady());
      for (const socket of open.splice(0)) socket.destroy();
      await until(async () => (await echoed(port, 'again')) === 'again');
    },
  );
});
