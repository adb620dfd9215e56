import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { readWhole } from '../../cli/read-whole.js';

const mebibyte = 2 ** 20;

test('what is read is bounded, whatever the stream goes on to say', async () => {
  const whole = await readWhole(Readable.from([Buffer.from('ab'), Buffer.from('c')]), mebibyte);
  assert.equal(String(whole), 'abc');
  let said = 0;
  const endless = Readable.from(
    (function* () {
      for (;;) {
        said += 1;
        yield Buffer.alloc(mebibyte);
      }
    })(),
    { objectMode: false, highWaterMark: mebibyte },
  );
  assert.equal(await readWhole(endless, 3 * mebibyte), 'more than 3 MiB');
  assert.ok(said < 8, String(said));
});
