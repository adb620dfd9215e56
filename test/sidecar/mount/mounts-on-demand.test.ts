/** The holder's own program, asked to mount, without anybody who serves: nothing here may touch a mount. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { isReadable, newExchange, readRequest } from '../../../sidecar/disk/device.js';
import { FdStorePort, inherit } from '../../../sidecar/disk/fd-store-port.js';
import { inheritMounts } from '../../../sidecar/disk/inherit-mounts.js';
import { createVolumeState } from '../../../sidecar/disk/state/volume-state.js';
import { MS_NOEXEC, MS_NOSUID } from '../../../sidecar/linux/constants.js';
import { connectTo, receive, send } from '../../../sidecar/linux/packet-socket.js';
import { lastFirst } from '../../cli/last-first.js';
import { needs } from '../../needs.js';
import { shipped } from '../../shipped.js';
import { until } from '../mounted/until.js';

const program = shipped('sidecar/mount/main');
const skip = needs('root', 'fuse');
const MS_REMOUNT = 32;
const MS_BIND = 4096;

class Holder {
  readonly #child: ChildProcess;
  private constructor(
    readonly directory: string,
    child: ChildProcess,
  ) {
    this.#child = child;
  }

  static async start(t: TestContext): Promise<Holder> {
    const directory = mkdtempSync(join(tmpdir(), 'havock8s-demand-'));
    lastFirst(t, () => {
      for (const volume of ['data', 'wal'])
        spawnSync('umount', ['--lazy', '--all-targets', join(directory, volume)]);
      rmSync(directory, { recursive: true });
    });
    const onDemand = ['data', 'wal'].map((volume) => ({
      volume,
      mountpoint: join(directory, volume),
      readOnly: volume === 'wal',
    }));
    const config = {
      socket: join(directory, 'socket'),
      mounts: [],
      onDemand,
      endWithParent: true,
      isHidden: false,
    };
    const child = spawn(process.execPath, [program, JSON.stringify(config)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const holder = new Holder(directory, child);
    lastFirst(t, () => holder.end());
    await once(child.stdout ?? assert.fail(), 'data');
    return holder;
  }

  get socket(): string {
    return join(this.directory, 'socket');
  }

  /** What it says to one message. */
  answer(message: string): string {
    const talk = connectTo(this.socket);
    send(talk, message);
    const answer = heard(talk);
    closeSync(talk);
    return answer;
  }

  /** The options of every layer that is mounted for a volume, the lowest first. */
  layers(volume: string): readonly string[] {
    return readFileSync('/proc/self/mounts', 'utf8')
      .split('\n')
      .map((line) => line.split(' '))
      .filter(([, at]) => at === join(this.directory, volume))
      .map((words) => words[3] ?? '');
  }

  /** What a fault proxy that starts now is given, by key; closed again. */
  keys(): readonly string[] {
    const { kept, holderFd } = inherit(this.socket);
    for (const fd of [...kept.values(), holderFd]) closeSync(fd);
    return [...kept.keys()].toSorted();
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** What others do in `act` it finds all at once afterwards. */
  async whileStopped(act: () => void): Promise<void> {
    this.signal('SIGSTOP');
    await until(() => /^State:\tT/m.test(readFileSync(`/proc/${this.#child.pid}/status`, 'utf8')));
    try {
      act();
    } finally {
      this.signal('SIGCONT');
    }
  }

  async ended(): Promise<void> {
    if (this.#child.exitCode === null) await once(this.#child, 'exit');
  }

  async end(): Promise<void> {
    this.signal('SIGTERM');
    await this.ended();
  }
}

test('only what it was started for is mounted, and only with flags', { skip }, async (t) => {
  const holder = await Holder.start(t);
  for (const words of [
    'mount other 0',
    'mount',
    'mount data',
    'mount data -1',
    'mount data 0x1',
    'mount ../x 0',
  ])
    assert.match(holder.answer(words), /^failed \S* holder.unknown-volume /, words);
  assert.deepEqual(holder.keys(), []);
  assert.equal(existsSync(join(holder.directory, 'data')), false);
});

test('it is mounted once, with no flag but those that a disk has, and everything is gone at the end', {
  skip,
}, async (t) => {
  const holder = await Holder.start(t);
  const flags = MS_NOSUID | MS_NOEXEC | MS_REMOUNT | MS_BIND;
  assert.equal(holder.answer(`mount data ${flags}`), 'mounted data');
  assert.equal(holder.answer('mount data 0'), 'mounted data');
  assert.equal(holder.answer('mount wal 0'), 'mounted wal');
  assert.match(holder.layers('data').join(), /^rw,nosuid,noexec,relatime,user_id=0[^ ]*$/);
  assert.match(holder.layers('wal').join(), /^ro,/);
  assert.deepEqual(holder.keys(), ['device/data', 'device/wal']);
  await holder.end();
  assert.deepEqual([...holder.layers('data'), ...holder.layers('wal')], []);
});

test('over a mount that is dead another is mounted, and what was of the dead one is dropped', {
  skip,
}, async (t) => {
  const holder = await Holder.start(t);
  const { holderFd, kept } = inherit(holder.socket, [{ volume: 'data', flags: 0 }]);
  const port = new FdStorePort(holderFd);
  const any = openSync('/dev/null', 'r');
  for (const key of ['state/data', 'inode/data/7', 'state/wal', 'counters']) port.keep(key, any);
  port.drop('device/data');
  for (const fd of [...kept.values(), holderFd, any]) closeSync(fd);
  assert.equal(holder.answer('mount data 0'), 'mounted data');
  assert.equal(holder.layers('data').length, 2);
  assert.deepEqual(holder.keys(), ['counters', 'device/data', 'state/wal']);
  await holder.end();
  assert.deepEqual(holder.layers('data'), []);
});

test('what was forbidden of a volume at its first mount stays so', { skip }, async (t) => {
  const holder = await Holder.start(t);
  const flags = MS_NOSUID | MS_NOEXEC;
  const { holderFd, kept } = inherit(holder.socket, [{ volume: 'data', flags }]);
  new FdStorePort(holderFd).drop('device/data');
  for (const fd of [...kept.values(), holderFd]) closeSync(fd);
  // Until the device is dropped it is mounted already.
  await until(() => !holder.keys().includes('device/data'));
  assert.equal(holder.answer('mount data 0'), 'mounted data');
  const [first = '', second = ''] = holder.layers('data');
  for (const layer of [first, second]) assert.match(layer, /^rw,nosuid,noexec,/);
});

test('where it cannot, it says why', { skip }, async (t) => {
  const holder = await Holder.start(t);
  rmSync(join(holder.directory, 'data'));
  writeFileSync(join(holder.directory, 'data'), '');
  assert.match(
    holder.answer('mount data 0'),
    /^failed data mount.failed cannot mount volume data at .*ENOTDIR/,
  );
  const wishes = [{ volume: 'data', flags: 0 }];
  await assert.rejects(inheritMounts(holder.socket, wishes), { code: 'mount.failed', message: /ENOTDIR/ });
});

test('a mount whose first request went down with a fault proxy is replaced by one that can be served', {
  skip,
}, async (t) => {
  const holder = await Holder.start(t);
  const wishes = [{ volume: 'data', flags: 0 }];
  const first = await inheritMounts(holder.socket, wishes);
  const device = first.kept.get('device/data') ?? -1;
  assert.equal(readRequest(device, newExchange()), true);
  const state = createVolumeState('data');
  new FdStorePort(first.holderFd).keep('state/data', state.fd);
  for (const fd of [device, state.fd, first.holderFd]) closeSync(fd);

  const next = await inheritMounts(holder.socket, wishes);
  assert.deepEqual([...next.kept.keys()], ['device/data']);
  assert.equal(isReadable(next.kept.get('device/data') ?? -1), true);
  assert.equal(holder.layers('data').length, 2);
  for (const fd of [...next.kept.values(), next.holderFd]) closeSync(fd);
});

/** Of a pod that ends while its fault proxies die and are replaced one after the other. */
test('once it takes the mounts away it makes none, whoever asks in the same moment', { skip }, async (t) => {
  const holder = await Holder.start(t);
  const [served, next] = [connectTo(holder.socket), connectTo(holder.socket)];
  lastFirst(t, () => closeSync(next));
  send(served, 'hello');
  assert.equal(heard(served).startsWith('end '), true);
  send(next, 'mount wal 0');
  assert.equal(heard(next), 'mounted wal');
  holder.signal('SIGTERM');
  assert.equal(heard(served), 'draining?');
  await holder.whileStopped(() => {
    closeSync(served);
    send(next, 'mount data 0');
  });
  await holder.ended();
  assert.deepEqual([...holder.layers('data'), ...holder.layers('wal')], []);
});

function heard(talk: number): string {
  const received = receive(talk, 5000);
  return received.kind === 'message' ? received.text : received.kind;
}
