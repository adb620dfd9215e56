/** Large writes that wait must not fill the memory that a pod's sidecar has. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { MemoryCgroup } from '../../../memory-cgroup.js';
import { needs } from '../../../needs.js';
import { succeed } from '../databases/run-program.js';
import { killFaultProxy } from '../kill-fault-proxy.js';
import { type MountedDisk, withMount } from '../mounted-disk.js';
import { until } from '../until.js';

const mib = 2 ** 20;
/** As the webhook gives `havock8s-faults`. */
const podBytes = 448 * mib;
const depth = 700;
/** More than may be under way, so that writes go on coming. */
const fileMib = 750;
/** Whoever asks something else meanwhile. */
const patienceMs = 3000;

test('1 MiB writes that are frozen by the hundred do not get the sidecar killed for its memory', {
  skip: needs('root', 'fuse', 'fio', 'memory-cgroup'),
}, async (context) => {
  const scratch = mkdtempSync(join(tmpdir(), 'havock8s-fio-'));
  const cgroup = new MemoryCgroup('waiting', podBytes);
  try {
    await withMount(async (disk) => {
      await moveInto(cgroup, disk);
      await writeFile(join(disk.mount, 'other'), 'content');
      await writeFile(join(disk.mount, 'big'), '');
      await truncate(join(disk.mount, 'big'), fileMib * mib);
      await disk.control.arm('ice', 'disk freeze on write in big');
      const written = succeed('fio', fio(disk.mount), { cwd: scratch });
      written.catch(() => {});
      const meanwhile = new Meanwhile(disk);
      await until(async () => (await disk.control.parking()).parked > 0, 60_000);
      await killFaultProxy(disk);
      await until(async () => (await disk.control.parking()).parkedOverflows >= 50, 60_000);
      await meanwhile.look(30);
      const { parked, parkedOverflows } = await disk.control.parking();
      const usedMib = Math.round(cgroup.usedBytes() / mib);
      context.diagnostic(
        `${parked} waited, ${parkedOverflows} were let through, ${cgroup.oomKills()} were killed, ${usedMib} MiB, ` +
          `the longest answer took ${Math.round(meanwhile.longestMs)} ms`,
      );
      assert.ok(parked > 0);
      await disk.control.disarm('ice');
      await written;
      assert.equal(cgroup.oomKills(), 0);
      assert.ok(meanwhile.longestMs < patienceMs, `an answer took ${meanwhile.longestMs} ms`);
    });
  } finally {
    await cgroup.remove();
    rmSync(scratch, { recursive: true });
  }
});

/** Supervisor, fault proxy and the one that stands by, all born in the cgroup but the first. */
async function moveInto(cgroup: MemoryCgroup, disk: MountedDisk): Promise<void> {
  const supervisor = parentOf(disk.sidecar.proxyPid());
  cgroup.add(supervisor);
  const faultProxies = (): readonly number[] =>
    readFileSync(`/proc/${supervisor}/task/${supervisor}/children`, 'utf8')
      .trim()
      .split(' ')
      .map(Number)
      .filter((pid) => pid !== disk.sidecar.holderPid);
  for (let death = 0; death < 2; death++) {
    await until(() => faultProxies().length === 2);
    await killFaultProxy(disk);
  }
  await until(() => faultProxies().length === 2 && faultProxies().every((pid) => cgroup.has(pid)));
}

const parentOf = (pid: number): number =>
  Number(/^PPid:\s*(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);

/** What others ask of the sidecar: the control endpoint, and a file that no fault is on. */
class Meanwhile {
  longestMs = 0;
  readonly #disk: MountedDisk;

  constructor(disk: MountedDisk) {
    this.#disk = disk;
  }

  async look(times: number): Promise<void> {
    const { mount, control } = this.#disk;
    for (let time = 0; time < times; time++) {
      await this.#timed(() => control.parking());
      await this.#timed(() => stat(join(mount, 'other')));
      await this.#timed(async () => writeFileSync(join(mount, 'other'), `content ${time}`));
    }
  }

  async #timed(ask: () => Promise<unknown>): Promise<void> {
    const start = performance.now();
    await ask();
    this.longestMs = Math.max(this.longestMs, performance.now() - start);
  }
}

/** Writes a file, by blocks that say what they are, and reads all of it back. */
function fio(directory: string): readonly string[] {
  const settings = {
    name: 'big',
    directory,
    filename: 'big',
    fallocate: 'none',
    direct: 1,
    ioengine: 'libaio',
    iodepth: depth,
    rw: 'write',
    bs: '1m',
    size: `${fileMib}m`,
    verify: 'crc32c',
    verify_fatal: 1,
    verify_state_save: 0,
  };
  return Object.entries(settings).map(([name, value]) => `--${name}=${value}`);
}
