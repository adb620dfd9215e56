import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SharedPage } from '../../../../sidecar/control/read-only/shared-page.js';
import { ManualClock } from '../../../core/manual-clock.js';

function sharedPage(most = 100) {
  const clock = new ManualClock();
  let made = 0;
  const page = new SharedPage({ make: () => made++, clock, gapMs: 50, most });
  return { page, clock, made: () => made };
}

const bytes = (text: string): Uint8Array => Buffer.from(text);

test('whoever asks while a page is made gets the next one, which is newer than his question', async () => {
  const { page, clock, made } = sharedPage();
  const first = page.get();
  const [second, third] = [page.get(), page.get()];
  assert.equal(made(), 1);
  page.made(bytes('old'));
  assert.deepEqual(await first, bytes('old'));
  assert.equal(made(), 1, 'not at once');
  clock.advance(50);
  assert.equal(made(), 2, 'once for both');
  page.made(bytes('new'));
  assert.deepEqual([await second, await third], [bytes('new'), bytes('new')]);
});

test('however many ask, it is made one at a time and with a pause between', async () => {
  const { page, clock, made } = sharedPage();
  const asked: Promise<unknown>[] = [];
  for (let round = 1; round <= 20; round++) {
    for (let client = 0; client < 5; client++) asked.push(page.get());
    assert.equal(made(), round);
    page.made(bytes(`${round}`));
    clock.advance(49);
    assert.equal(made(), round);
    clock.advance(1);
  }
  page.made(bytes('last'));
  await Promise.all(asked);
});

test('where nobody makes it no more than so many wait, and the others hear so at once', async () => {
  const { page, made } = sharedPage(2);
  const first = page.get();
  const waiting = [page.get(), page.get()];
  assert.equal(await page.get(), 'busy');
  assert.equal(made(), 1);
  page.made('failed');
  assert.equal(await first, 'failed');
  assert.equal(waiting.length, 2);
});
