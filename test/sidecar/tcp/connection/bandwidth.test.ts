/**
 * Half a second's worth of bytes takes half a second, to 10 ms, at every rate: also for a connection that just began, or
 * was quiet before. The clock is the proxy's own, so that no other work of the machine counts.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { arrived, type DrivenProxy, type Pair, withProxy } from './driven-proxy.js';

const stepMs = 0.5;
const piece = Buffer.alloc(1024 * 1024);

/** Milliseconds of the proxy's clock, which goes on by `step` at a time, until the server has read all of it. */
function takes(proxy: DrivenProxy, { client, server }: Pair, bytes: number, step = stepMs): number {
  const startedMs = proxy.nowMs;
  let [sent, heard] = [0, 0];
  while (heard < bytes) {
    assert.ok(proxy.nowMs - startedMs < 2000, `${heard} of ${bytes} bytes after 2 s`);
    if (sent < bytes) sent += Number(client.write(piece.subarray(0, Math.min(piece.length, bytes - sent))));
    proxy.pass(step);
    heard += arrived(proxy, server).length;
  }
  return proxy.nowMs - startedMs;
}

for (const [rate, bytesPerSecond] of [
  ['100Ki/s', 100 * 1024],
  ['1Mi/s', 1024 * 1024],
  ['10Mi/s', 10 * 1024 * 1024],
] as const) {
  const bytes = bytesPerSecond / 2;

  test(`at ${rate} half a second's bytes take 500 ms: at first, after a pause, and right behind each other`, (t) => {
    withProxy((proxy) => {
      proxy.arm('narrow', `tcp bandwidth ${rate}`);
      const pair = proxy.connect();
      const took = [takes(proxy, pair, bytes)];
      proxy.pass(300);
      for (let round = 0; round < 3; round++) took.push(takes(proxy, pair, bytes));
      t.diagnostic(`${took.join(', ')} ms`);
      for (const ms of took) assert.ok(Math.abs(ms - 500) <= 10, `took ${took.join(', ')} ms`);
    });
  });

  test(`at ${rate} what a late timer missed is made up for, and no more than that`, () => {
    withProxy((proxy) => {
      proxy.arm('narrow', `tcp bandwidth ${rate}`);
      const pair = proxy.connect();
      for (const late of [5, 15]) {
        const took = takes(proxy, pair, bytes, late);
        assert.ok(took >= 490 && took <= 500 + 3 * late, `${took} ms, each timer up to ${late} ms late`);
      }
    });
  });
}
