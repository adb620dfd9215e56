/** An error of our own is not a fault of theirs: every fault ends, and requests pass. */
import assert from 'node:assert/strict';
import { readFileSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { startOtherProcess } from '../../conformance/other-process.js';
import { needs } from '../../needs.js';
import { withMount } from './mounted-disk.js';

const sabotage = new URL('./sabotage.js', import.meta.url).href;

test('an error in a reader disarms everything, lets go what was frozen, and the list says so', {
  skip: needs('root', 'fuse'),
}, async () => {
  const { NODE_OPTIONS = '' } = process.env;
  process.env['NODE_OPTIONS'] = `${NODE_OPTIONS} --import ${sabotage}`;
  const other = startOtherProcess();
  try {
    await withMount(async (disk) => {
      const path = join(disk.mount, 'file');
      writeFileSync(path, 'content');
      const fd = Number(await other.call('open', path, 'r+'));
      await disk.control.arm('frozen', 'disk freeze on write');
      const write = other.call('write', fd, 'CON', 0);
      await disk.control.awaitParked(1);
      assert.throws(() => statfsSync(disk.mount), { code: 'EIO' });
      assert.equal(await write, 3);
      assert.equal(readFileSync(path, 'utf8'), 'CONtent');
      assert.equal((await disk.control.fault('frozen')).state, 'disarmed');
      assert.ok(disk.log.some((line) => line.includes('disarmed by our own error: sabotage')));
      await other.kill();
    });
  } finally {
    process.env['NODE_OPTIONS'] = NODE_OPTIONS;
    await other.kill();
  }
});
