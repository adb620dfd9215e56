/** A long random walk, the same in a bare directory and on the mount: nothing may look different, ever. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { needs } from '../../needs.js';
import { killFaultProxy } from '../../sidecar/mounted/kill-fault-proxy.js';
import { type MountedDisk, type MountOptions, withMount } from '../../sidecar/mounted/mounted-disk.js';

const program = fileURLToPath(new URL('./walk.js', import.meta.url));
const skip = needs('root', 'fuse');
const seed = Number(process.env['HAVOCK8S_RANDOM_SEED'] ?? Date.now() % 2 ** 31);
console.log(`seed ${seed}`);

const unmatched = [
  'disk latency 1s in never/**',
  'disk error EIO on read in never/**',
  'disk corrupt 8 bits in never/**',
  'disk short 1 in never/**',
  'disk full after 1Ki in never/**',
  'disk readonly volume other',
  'disk freeze on fsync in never/**',
];
const harmless = [
  'disk latency 1ms jitter 1ms on read,write chance 5%',
  'disk latency 1ms on all chance 10%',
  'disk throttle 100000 iops',
  'disk full after 1Ti',
];

/** `steps` of each walk. */
export function compareRandomly(steps: number): void {
  test('nothing tells the mount from the bare directory', { skip }, () => compare(steps));

  test('nothing tells them apart with faults armed that match nothing', { skip }, () =>
    compare(steps, { faults: numbered(unmatched) }),
  );

  test('nothing but time tells them apart with faults that only delay', { skip }, () =>
    compare(steps, { faults: numbered(harmless) }),
  );

  test('nothing tells them apart while the fault proxy is killed again and again', { skip }, () =>
    compare(steps, {}, async (disk, walk) => {
      for (let kill = 0; kill < 5 && walk.exitCode === null; kill += 1) await killFaultProxy(disk);
    }),
  );
}

async function compare(
  steps: number,
  options: MountOptions = {},
  meanwhile: (disk: MountedDisk, walk: ChildProcess) => Promise<void> = async () => {},
): Promise<void> {
  await withMount(async (disk) => {
    const args = [program, `${seed}`, `${steps}`, disk.bare, disk.mount];
    const walk = spawn(process.execPath, args, {
      stdio: ['ignore', 'pipe', 'inherit'],
      timeout: 60_000 + steps * 10,
      killSignal: 'SIGKILL',
    });
    const said = text(walk.stdout);
    const exited = once(walk, 'exit');
    await meanwhile(disk, walk);
    const [code, signal] = await exited;
    assert.equal(code, 0, `seed ${seed}, ended by ${signal ?? code}:\n${await said}`);
  }, options);
}

function numbered(sentences: readonly string[]): NonNullable<MountOptions['faults']> {
  return sentences.map((sentence, index) => ({ name: `fault-${index}`, sentence }));
}
