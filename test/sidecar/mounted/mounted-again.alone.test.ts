/**
 * The disk beneath is a file system that dies and is mounted again while it is served: a real bindfs. Alone, since a doctor
 * that another test runs meanwhile would find it.
 */
import assert from 'node:assert/strict';
import {
  appendFileSync,
  closeSync,
  fstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { errnoName } from '../../../sidecar/linux/errno.js';
import { needs } from '../../needs.js';
import { BindFileSystem, unmount } from './bind-file-system.js';
import { type MountedDisk, withMount } from './mounted-disk.js';
import { until } from './until.js';

const skip = needs('root', 'fuse', 'setpriv', 'bindfs');

interface Beneath {
  /** What bindfs shows, another directory, and where it shows it. */
  readonly source: string;
  readonly other: string;
  readonly place: string;
  /** What was served first. */
  readonly bindfs: BindFileSystem;
  mount(source: string): Promise<BindFileSystem>;
}

async function withBeneath(use: (disk: MountedDisk, beneath: Beneath) => Promise<void>): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'havock8s-beneath-'));
  const [source, other, place] = ['source', 'other', 'place'].map((name) => {
    mkdirSync(join(directory, name));
    return join(directory, name);
  }) as [string, string, string];
  const made: BindFileSystem[] = [];
  const mount = async (shown: string): Promise<BindFileSystem> => {
    const one = await BindFileSystem.mount(shown, place);
    made.push(one);
    return one;
  };
  try {
    mkdirSync(join(source, 'folder'));
    writeFileSync(join(source, 'folder', 'file'), 'first');
    const bindfs = await mount(source);
    await withMount((disk) => use(disk, { source, other, place, bindfs, mount }), { backing: place });
  } finally {
    for (const one of made) await one.close();
    rmSync(directory, { recursive: true });
  }
}

function codeOf(act: () => unknown): string {
  try {
    act();
    return 'done';
  } catch (error) {
    // Node has no name for some, such as ESTALE.
    return errnoName(-((error as NodeJS.ErrnoException).errno ?? 0));
  }
}

async function killFaultProxyAnyway({ sidecar, control }: MountedDisk): Promise<void> {
  const pid = sidecar.proxyPid();
  process.kill(pid, 'SIGKILL');
  await until(async () => sidecar.proxyPid() !== pid && (await control.proxyPid()) === sidecar.proxyPid());
}

const isNotReady = (disk: MountedDisk, why: RegExp) => async (): Promise<boolean> =>
  why.test((await disk.control.notReady()) ?? '');

test('a disk beneath that dies is not ready and never its bare mount point; mounted again it is served again', {
  skip,
}, async (t) => {
  await withBeneath(async (disk, { source, place, bindfs, mount }) => {
    const [file, made] = [join(disk.mount, 'folder', 'file'), join(disk.mount, 'made')];
    await disk.control.arm('slow', 'disk error EIO on unlink in **/kept');
    assert.equal(readFileSync(file, 'utf8'), 'first');
    const open = openSync(file, 'a+');
    t.after(() => closeSync(open));
    writeSync(open, '+');
    const [first] = readdirSync(place);
    assert.equal(first, 'folder');
    assert.equal(await disk.control.isReady(), true);

    await bindfs.die();
    assert.equal(
      codeOf(() => writeFileSync(made, 'lost')),
      'ENOTCONN',
    );
    await until(isNotReady(disk, /volume data: the disk beneath, .*place, does not answer \(ENOTCONN\)/));
    assert.equal(await disk.control.isReady(), false);
    await killFaultProxyAnyway(disk);
    await until(isNotReady(disk, /ENOTCONN/));

    unmount(place);
    await until(isNotReady(disk, /what lies there now is another/));
    assert.equal(
      codeOf(() => writeFileSync(made, 'lost')),
      'ENOTCONN',
    );
    await killFaultProxyAnyway(disk);
    assert.equal(
      codeOf(() => writeFileSync(made, 'lost')),
      'ENOTCONN',
    );
    await until(isNotReady(disk, /what lies there now is another/));
    assert.deepEqual(readdirSync(place), [], 'nothing was written to the mount point');

    const remounted = performance.now();
    await mount(source);
    await until(() => disk.control.isReady());
    t.diagnostic(`served again after ${Math.round(performance.now() - remounted)} ms`);
    assert.equal(readFileSync(file, 'utf8'), 'first+');
    writeFileSync(made, 'kept');
    assert.equal(readFileSync(join(source, 'made'), 'utf8'), 'kept');
    appendFileSync(file, '+again');
    assert.equal(readFileSync(join(source, 'folder', 'file'), 'utf8'), 'first++again');
    for (const use of [() => fstatSync(open), () => writeSync(open, 'lost')])
      assert.match(codeOf(use), /^(ESTALE|ENOTCONN|EIO)$/, 'what was open before');
    writeFileSync(join(disk.mount, 'folder', 'kept'), '');
    assert.equal(
      codeOf(() => rmSync(join(disk.mount, 'folder', 'kept'))),
      'EIO',
      'a fault that was armed hits',
    );
    assert.deepEqual(readdirSync(disk.mount).toSorted(), ['folder', 'made']);
  });
});

test('another file system at the path of the disk beneath is not served, whoever mounts it', {
  skip,
}, async () => {
  await withBeneath(async (disk, { source, other, place, bindfs, mount }) => {
    await bindfs.die();
    unmount(place);
    const stranger = await mount(other);
    await until(isNotReady(disk, /what lies there now is another: fuse of .*other/));
    await killFaultProxyAnyway(disk);
    assert.equal(
      codeOf(() => writeFileSync(join(disk.mount, 'made'), 'lost')),
      'ENOTCONN',
    );
    assert.deepEqual(readdirSync(other), []);
    await stranger.close();
    await mount(source);
    await until(() => disk.control.isReady());
    assert.equal(readFileSync(join(disk.mount, 'folder', 'file'), 'utf8'), 'first');
  });
});

test('mounted again and again, files of the same inode number, size and time are read as they are now', {
  skip,
}, async (t) => {
  await withBeneath(async (disk, { source, place, bindfs, mount }) => {
    const [shown, beneath] = [disk.mount, source].map((root) => join(root, 'folder', 'file')) as [
      string,
      string,
    ];
    const then = new Date(1_700_000_000_000);
    let alive = bindfs;
    for (const content of ['one__', 'two__', 'three', 'four_']) {
      await alive.die();
      await until(isNotReady(disk, /ENOTCONN/));
      unmount(place);
      writeFileSync(beneath, content);
      utimesSync(beneath, then, then);
      alive = await mount(source);
      await until(() => disk.control.isReady());
      assert.equal(readFileSync(shown, 'utf8'), content);
      const open = openSync(shown, 'r');
      t.after(() => closeSync(open));
      assert.deepEqual(statSync(shown).size, content.length);
    }
  });
});

test('a disk beneath that was unmounted while it lives is served on, after a death too, and never its mount point', {
  skip,
}, async () => {
  await withBeneath(async (disk, { source, place }) => {
    unmount(place);
    await killFaultProxyAnyway(disk);
    writeFileSync(join(disk.mount, 'made'), 'kept');
    assert.equal(readFileSync(join(source, 'made'), 'utf8'), 'kept');
    assert.equal(readFileSync(join(disk.mount, 'folder', 'file'), 'utf8'), 'first');
    assert.deepEqual(readdirSync(place), []);
    assert.equal(await disk.control.notReady(), null);
  });
});
