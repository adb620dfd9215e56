/** Which of the matching operations a fault hits, and when it ends. */
import assert from 'node:assert/strict';
import { closeSync, fsyncSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { outcome } from '../../../conformance/observe.js';
import { needs } from '../../../needs.js';
import { type MountedDisk, mountDisk } from '../mounted-disk.js';
import { until } from '../until.js';

const hits: Readonly<Record<string, string>> = {
  'every 3rd': '..x..x..x..x',
  once: 'x...........',
  'first 4': 'xxxx........',
  'skip 5': '.....xxxxxxx',
  'skip 2 first 3': '..xxx.......',
  'skip 1 every 4th first 9': '....x...x...',
  'chance 0.0001%': '............',
  'chance 100%': 'xxxxxxxxxxxx',
};

describe('a fault’s trigger', { skip: needs('root', 'fuse') }, () => {
  let disk: MountedDisk;
  let fd: number;
  before(async () => {
    disk = await mountDisk();
    fd = openSync(join(disk.mount, 'file'), 'w');
  });
  after(async () => {
    if (fd !== undefined) closeSync(fd);
    await disk?.close();
  });

  for (const [clause, expected] of Object.entries(hits)) {
    test(`"${clause}" hits ${expected}`, async () => {
      assert.equal(await pattern(clause), expected);
    });
  }

  test('"chance" rolls the same dice for the same seed, and others for another', async () => {
    const rolls = [
      await pattern('chance 50% seed 1', 64),
      await pattern('chance 50% seed 1', 64),
      await pattern('chance 50% seed 2', 64),
    ];
    const hit = [...(rolls[0] ?? '')].filter((one) => one === 'x').length;
    assert.equal(rolls[0], rolls[1]);
    assert.notEqual(rolls[0], rolls[2]);
    assert.ok(hit > 16 && hit < 48, `${hit} of 64`);
  });

  test('the death of a fault proxy changes neither the dice nor the count of matches', async () => {
    await disk.control.arm('hit', 'disk error EIO on fsync skip 3 chance 50% first 40');
    const { seed } = await disk.control.fault('hit');
    const before = Array.from({ length: 20 }, sync).join('');
    const dead = disk.sidecar.proxyPid();
    process.kill(dead, 'SIGKILL');
    await until(() => disk.sidecar.proxyPid() !== dead);
    const after = Array.from({ length: 30 }, sync).join('');
    await until(() =>
      disk.control.fault('hit').then(
        ({ tallies }) => tallies.matched === 50,
        () => false,
      ),
    );
    assert.equal((await disk.control.fault('hit')).seed, seed);
    await disk.control.disarm('hit');
    assert.equal(before + after, await pattern(`skip 3 chance 50% first 40 seed ${seed}`, 50));
    assert.equal(after.slice(-7), '.......');
  });

  test('"for" ends a fault with nobody’s help', async () => {
    await disk.control.arm('hit', 'disk error EIO on fsync for 500ms');
    const first = sync();
    await until(() => sync() === '.');
    await until(async () => (await disk.control.fault('hit')).state === 'expired');
    await disk.control.disarm('hit');
    assert.equal(first, 'x');
  });

  test('"volume" keeps a fault to its volume', async () => {
    await disk.control.arm('hit', 'disk error EIO on fsync volume another');
    const another = sync();
    await disk.control.arm('hit', 'disk error EIO on fsync volume data');
    const own = sync();
    await disk.control.disarm('hit');
    assert.deepEqual([another, own], ['.', 'x']);
  });

  async function pattern(clause: string, length = 12): Promise<string> {
    await disk.control.arm('hit', `disk error EIO on fsync ${clause}`);
    const seen = Array.from({ length }, sync).join('');
    await disk.control.disarm('hit');
    return seen;
  }

  function sync(): string {
    return outcome(() => fsyncSync(fd)) === 'EIO' ? 'x' : '.';
  }
});
