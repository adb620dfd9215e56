/** A pair of unix sockets stands where the device is, and the test where the kernel is: it forgets what it may. */
import assert from 'node:assert/strict';
import { closeSync, mkdtempSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { waitForRequest } from '../../../sidecar/disk/device.js';
import { InodeBound } from '../../../sidecar/disk/inode-bound.js';
import { limits } from '../../../sidecar/disk/limits.js';
import { HandleTable } from '../../../sidecar/disk/state/handle-table.js';
import { InodeTable, rootSlot } from '../../../sidecar/disk/state/inode-table.js';
import { field, inodeBytes } from '../../../sidecar/disk/state/volume-state.js';
import { acceptFrom, connectTo, listenAt } from '../../../sidecar/linux/packet-socket.js';
import { fileStat } from './state/file-stat.js';
import { newState } from './state/new-state.js';

/** Inodes from which on there are too many. */
const many = 1024;
const codes = { inval: 3, prune: 9 } as const;
const S_IFDIR = 0o040_000;

class Setup {
  readonly inodes: InodeTable;
  readonly bound: InodeBound;
  nowMs = 0;
  #made = 0;
  readonly #kernel: number;

  private constructor(t: TestContext, minor: number, server: number, kernel: number) {
    this.#kernel = kernel;
    const state = newState(t);
    state.header[field.minor] = minor;
    this.inodes = new InodeTable(state);
    this.inodes.plantRoot(fileStat({ ino: 2 }));
    this.bound = new InodeBound({
      state,
      inodes: this.inodes,
      handles: new HandleTable(state),
      deviceFd: server,
      memoryBytes: 4 * 2 * many * inodeBytes,
      nowMs: () => this.nowMs,
    });
  }

  static start(t: TestContext, minor = 45): Setup {
    const directory = mkdtempSync(join(tmpdir(), 'havock8s-test-'));
    const listener = listenAt(join(directory, 'device'));
    const kernel = connectTo(join(directory, 'device'));
    const server = acceptFrom(listener);
    t.after(() => {
      for (const fd of [listener, kernel, server]) closeSync(fd);
      rmSync(directory, { recursive: true });
    });
    return new Setup(t, minor, server, kernel);
  }

  /** So many more files, or folders; their slots. */
  grow(files: number, mode = 0o100_644): readonly number[] {
    return Array.from({ length: files }, () => {
      const ino = 10 + this.#made++;
      return this.inodes.remember(fileStat({ ino, mode }), rootSlot, Buffer.from(`file-${ino}`));
    });
  }

  lookUpAgain(slot: number): void {
    const file = fileStat({ ino: 10 + slot - 2, mode: 0o100_644 });
    this.inodes.remember(file, rootSlot, this.inodes.name(slot));
  }

  /** The next notification: of which inodes, or of which name. */
  hear(): { readonly code: number; readonly inodes: readonly number[]; readonly name: string } {
    assert.ok(waitForRequest(this.#kernel, 1000), 'nothing was asked');
    const bytes = Buffer.alloc(64 + limits.forgotten * 8);
    const length = readSync(this.#kernel, bytes);
    assert.equal(bytes.readUInt32LE(0), length);
    const code = bytes.readInt32LE(4);
    const count = code === codes.prune ? bytes.readUInt32LE(16) : 0;
    const inodes = Array.from({ length: count }, (_, index) => Number(bytes.readBigUInt64LE(32 + index * 8)));
    return { code, inodes, name: code === codes.inval ? bytes.toString('latin1', 32, length - 1) : '' };
  }

  /** As the kernel does with what nobody refers to. */
  forget(slots: readonly number[]): void {
    for (const slot of slots) this.inodes.forget(slot, 2 ** 40, () => {});
  }
}

test('with few inodes the kernel is asked nothing', async (t) => {
  const setup = Setup.start(t);
  setup.grow(many / 8);
  setup.nowMs = 1e9;
  assert.equal(await setup.bound.forgetSome(), false);
  setup.grow(many);
  assert.equal(await setup.bound.forgetSome(), true);
  assert.equal(setup.hear().code, codes.prune);
});

test('with too many it is asked to forget what is neither open nor was looked up again, and holds no pages', async (t) => {
  const setup = Setup.start(t);
  const slots = setup.grow(many + 10);
  const [open = 0, cached = 0, again = 0] = slots;
  setup.inodes.use.countOpen(open, 1);
  setup.inodes.use.markCached(cached);
  setup.lookUpAgain(again);
  await setup.bound.forgetSome();
  const first = setup.hear().inodes;
  assert.deepEqual(first, slots.slice(3));
  // It forgot nothing: everything is referred to. So it is asked for more.
  await setup.bound.forgetSome();
  assert.deepEqual(setup.hear().inodes, [cached, again, ...first]);
});

test('where nothing can be forgotten it is asked less and less often, until there are more', async (t) => {
  const setup = Setup.start(t);
  setup.grow(many + 10);
  const asked: boolean[] = [];
  for (let times = 0; times < 4; times++) {
    asked.push(await setup.bound.forgetSome());
    setup.hear();
  }
  assert.deepEqual(asked, [true, true, false, false]);
  setup.grow(100);
  await setup.bound.forgetSome();
  assert.equal(setup.hear().code, codes.prune);
});

test('what one walk showed is forgotten in time, and what is used stays', async (t) => {
  const setup = Setup.start(t);
  const slots = setup.grow(many / 2);
  await setup.bound.forgetSome();
  setup.nowMs += limits.inodesRestMs;
  const used = slots.slice(0, 100);
  for (const slot of used) setup.lookUpAgain(slot);
  await setup.bound.forgetSome();
  const { inodes } = setup.hear();
  assert.deepEqual(inodes, slots.slice(100));
  setup.forget(inodes);
  assert.equal(setup.inodes.room.size, 1 + used.length);
});

test('a kernel that cannot prune is told names of files that nobody has open, never of folders', async (t) => {
  const setup = Setup.start(t, 44);
  setup.grow(many, S_IFDIR | 0o755);
  const [file = 0] = setup.grow(1);
  assert.equal(await setup.bound.forgetSome(), false);
  setup.grow(many / 2, S_IFDIR | 0o755);
  await setup.bound.forgetSome();
  assert.deepEqual(setup.hear(), { code: codes.inval, inodes: [], name: `file-${10 + many}` });
  assert.equal(setup.inodes.has(file), true, 'until the kernel says so');
});
