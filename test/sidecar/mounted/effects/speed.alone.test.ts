/** From the word to the deed: how soon a fault bites once it is armed, and is gone once it is disarmed. */
import assert from 'node:assert/strict';
import {
  closeSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { outcome } from '../../../conformance/observe.js';
import { needs } from '../../../needs.js';
import { type MountedDisk, withMount } from '../mounted-disk.js';
import { until } from '../until.js';

const rounds = 7;
const sentence = 'disk error EIO on read in file';

describe('a fault on reads of a file that is open and cached', { skip: needs('root', 'fuse') }, () => {
  test('bites within 100 ms of a call of the control endpoint', (context) =>
    withMount((disk) =>
      measure(context, disk, {
        arm: () => disk.control.arm('failing', sentence),
        disarm: () => disk.control.disarm('failing'),
      }),
    ));

  for (const [how, write] of Object.entries({
    'replaced atomically': replace,
    'edited in place': writeFileSync,
  })) {
    test(`bites within 100 ms of the annotations file being ${how}`, async (context) => {
      const directory = mkdtempSync(join(tmpdir(), 'havock8s-annotations-'));
      const annotationsFile = join(directory, 'annotations');
      writeFileSync(annotationsFile, '');
      try {
        await withMount(
          (disk) =>
            measure(context, disk, {
              arm: async () => write(annotationsFile, `other="x"\nfault.havock8s.io/failing="${sentence}"\n`),
              disarm: async () => write(annotationsFile, 'other="x"\n'),
            }),
          { annotationsFile },
        );
      } finally {
        rmSync(directory, { recursive: true });
      }
    });
  }
});

interface Switch {
  arm(): Promise<void>;
  disarm(): Promise<void>;
}

async function measure(context: TestContext, disk: MountedDisk, { arm, disarm }: Switch): Promise<void> {
  const path = join(disk.mount, 'file');
  writeFileSync(path, 'x'.repeat(100_000));
  const fd = openSync(path, 'r');
  const read = () => outcome(() => readSync(fd, Buffer.alloc(4096), 0, 4096, 8192));
  const times: { on: number[]; off: number[] } = { on: [], off: [] };
  // A client's own first call takes longer than what is measured.
  await disk.control.isReady();
  for (let round = 0; round < rounds; round += 1) {
    readFileSync(path);
    times.on.push(await untilIs('EIO', read, arm));
    times.off.push(await untilIs(4096, read, disarm));
  }
  closeSync(fd);
  for (const [name, all] of Object.entries(times)) {
    context.diagnostic(`${name} after ${all.map((ms) => ms.toFixed(1)).join(', ')} ms`);
    assert.ok(median(all) < 100, `${name}: the median is ${median(all)} ms`);
  }
}

async function untilIs(wanted: unknown, read: () => unknown, act: () => Promise<void>): Promise<number> {
  const start = performance.now();
  const acted = act();
  await until(() => read() === wanted);
  const ms = performance.now() - start;
  await acted;
  return ms;
}

function replace(path: string, text: string): void {
  writeFileSync(`${path}.new`, text);
  renameSync(`${path}.new`, path);
}

function median(values: readonly number[]): number {
  return [...values].sort((one, other) => one - other)[values.length >> 1] ?? Number.NaN;
}
