/**
 * What is asked at the very moment of a death. A reader that is being killed can still take a request, and the
 * kernel fails it with EIO when it cannot copy it into memory that was never touched.
 */
import assert from 'node:assert/strict';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { errnoName } from '../../conformance/observe.js';
import { needs } from '../../needs.js';
import { SeededRandom } from '../../seeded-random.js';
import { killFaultProxy } from '../mounted/kill-fault-proxy.js';
import { withMount } from '../mounted/mounted-disk.js';

const kills = 8;
const seed = Number(process.env['HAVOCK8S_RANDOM_SEED'] ?? Date.now() % 2 ** 31);

test(
  `a write that meets the death of the fault proxy is done all the same (seed ${seed})`,
  { skip: needs('root', 'fuse') },
  () =>
    withMount(async (disk) => {
      const random = new SeededRandom(seed);
      const files = await Promise.all(['a', 'b', 'c', 'd'].map((name) => open(join(disk.mount, name), 'w+')));
      const results: unknown[] = [];
      for (let kill = 0; kill < kills; kill += 1) {
        const writes = files.map((file) => written(file, random.integer(256)));
        spin(random.integer(1500));
        await killFaultProxy(disk);
        results.push(...(await Promise.all(writes)));
      }
      for (const file of files) await file.close();
      assert.deepEqual(results, Array(kills * files.length).fill('all there'));
    }),
);

/** Large, so that most of the memory it is copied into was not used before. */
async function written(file: FileHandle, byte: number): Promise<string> {
  const bytes = Buffer.alloc(900_000, byte);
  try {
    await file.write(bytes, 0, bytes.length, 0);
    const read = await file.read(Buffer.alloc(bytes.length), 0, bytes.length, 0);
    return read.buffer.equals(bytes) ? 'all there' : 'something else there';
  } catch (error) {
    return errnoName(error);
  }
}

/** Less than any timer can wait: the writes are on their way, and none is done. */
function spin(microseconds: number): void {
  const end = performance.now() + microseconds / 1000;
  while (performance.now() < end);
}
