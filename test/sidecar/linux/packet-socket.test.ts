import assert from 'node:assert/strict';
import {
  closeSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import {
  acceptFrom,
  connectTo,
  listenAt,
  type Received,
  receive,
  send,
} from '../../../sidecar/linux/packet-socket.js';

interface Pair {
  readonly directory: string;
  readonly ours: number;
  readonly theirs: number;
}

function connected(t: TestContext): Pair {
  const directory = temporary(t);
  const path = join(directory, 'socket');
  const listener = listenAt(path);
  const ours = connectTo(path);
  const theirs = acceptFrom(listener);
  closeSync(listener);
  return { directory, ours, theirs };
}

function temporary(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'havock8s-test-'));
  t.after(() => rmSync(directory, { recursive: true }));
  return directory;
}

function close(...fds: readonly number[]): void {
  for (const fd of fds) closeSync(fd);
}

const textOf = (received: Received): string =>
  received.kind === 'message' ? received.text : `(${received.kind})`;

test('messages arrive whole, in their order', (t) => {
  const { ours, theirs } = connected(t);
  for (const text of ['one', 'tw\u00f6', ' ', 'x'.repeat(4096)]) assert.equal(send(ours, text), true);
  assert.deepEqual(
    [0, 1, 2, 3].map(() => textOf(receive(theirs, 0))),
    ['one', 'tw\u00f6', ' ', 'x'.repeat(4096)],
  );
  assert.equal(receive(theirs, 0).kind, 'nothing');
  close(ours, theirs);
});

test('both ends may speak', (t) => {
  const { ours, theirs } = connected(t);
  send(ours, 'ping');
  send(theirs, 'pong');
  assert.deepEqual([textOf(receive(theirs, 0)), textOf(receive(ours, 0))], ['ping', 'pong']);
  close(ours, theirs);
});

test('descriptors arrive as new ones of the same file, which no program inherits', (t) => {
  const { directory, ours, theirs } = connected(t);
  const file = openSync(join(directory, 'file'), 'w+');
  writeSync(file, 'content');
  send(ours, 'take', [file, file]);
  closeSync(file);
  const received = receive(theirs, 0);
  assert.ok(received.kind === 'message');
  assert.equal(received.descriptors.length, 2);
  for (const fd of received.descriptors) {
    const content = Buffer.alloc(16);
    assert.equal(content.toString('utf8', 0, readSync(fd, content, 0, 16, 0)), 'content');
    assert.match(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'), /flags:\s+02\d{6}$/m);
  }
  close(ours, theirs, ...received.descriptors);
});

test('as many descriptors as a message takes arrive, and none are left over for the next', (t) => {
  const { directory, ours, theirs } = connected(t);
  const file = openSync(join(directory, 'file'), 'w+');
  send(ours, 'many', new Array<number>(64).fill(file));
  send(ours, 'none');
  const [many, none] = [receive(theirs, 0), receive(theirs, 0)];
  assert.ok(many.kind === 'message' && none.kind === 'message');
  assert.deepEqual([new Set(many.descriptors).size, none.descriptors], [64, []]);
  close(ours, theirs, file, ...many.descriptors);
});

test('a burst that nobody reads is refused when there is no room, and what was taken arrives', (t) => {
  const { ours, theirs } = connected(t);
  let sent = 0;
  while (send(ours, `message ${sent}`, [], 0)) sent++;
  assert.ok(sent > 5);
  for (let taken = 0; taken < sent; taken++) assert.equal(textOf(receive(theirs, 0)), `message ${taken}`);
  assert.equal(send(ours, 'again', [], 0), true);
  close(ours, theirs);
});

test('thousands of messages with descriptors leave none behind', (t) => {
  const { directory, ours, theirs } = connected(t);
  const file = openSync(join(directory, 'file'), 'w+');
  for (let i = 0; i < 3000; i++) {
    assert.equal(send(ours, `keep ${i}`, [file]), true);
    const received = receive(theirs, 0);
    assert.ok(received.kind === 'message' && received.text === `keep ${i}`);
    close(...received.descriptors);
  }
  const next = openSync(join(directory, 'file'), 'r');
  assert.ok(next < 100, `the next descriptor is ${next}`);
  close(ours, theirs, file, next);
});

test('what was sent before the end is there after it, descriptors too', (t) => {
  const { directory, ours, theirs } = connected(t);
  const file = openSync(join(directory, 'file'), 'w+');
  send(ours, 'last words', [file]);
  close(ours, file);
  const received = receive(theirs, 0);
  assert.ok(received.kind === 'message' && received.descriptors.length === 1);
  assert.equal(receive(theirs, 1000).kind, 'end');
  assert.equal(receive(theirs, 1000).kind, 'end');
  close(theirs, ...received.descriptors);
});

test('nobody is told anything once the other side is gone', (t) => {
  const { ours, theirs } = connected(t);
  closeSync(theirs);
  assert.equal(send(ours, 'hello?'), false);
  close(ours);
});

test('nothing comes in the time that was given', (t) => {
  const { ours, theirs } = connected(t);
  const started = performance.now();
  assert.equal(receive(theirs, 30).kind, 'nothing');
  assert.ok(performance.now() - started >= 29);
  close(ours, theirs);
});

test('there is nobody to accept when nobody connects', (t) => {
  const listener = listenAt(join(temporary(t), 'socket'));
  assert.equal(acceptFrom(listener) < 0, true);
  close(listener);
});

test('a path that is too long, taken, or nobody listens at is an error that says so', (t) => {
  const directory = temporary(t);
  const long = join(directory, 'x'.repeat(108));
  assert.throws(() => listenAt(long), { code: 'socket.path-too-long', message: /at most 107 bytes/ });
  assert.throws(() => connectTo(long), { code: 'socket.path-too-long' });
  assert.throws(() => connectTo(join(directory, 'nobody')), { code: 'socket.failed', message: /ENOENT/ });
  const listener = listenAt(join(directory, 'socket'));
  assert.throws(() => listenAt(join(directory, 'socket')), { code: 'socket.failed', message: /EADDRINUSE/ });
  close(listener);
  assert.throws(() => connectTo(join(directory, 'socket')), {
    code: 'socket.failed',
    message: /ECONNREFUSED/,
  });
});

test('a socket that nobody listens at any more is replaced, and one that is not a socket is not', (t) => {
  const directory = temporary(t);
  close(listenAt(join(directory, 'socket')));
  const listener = listenAt(join(directory, 'socket'));
  const ours = connectTo(join(directory, 'socket'));
  close(ours, acceptFrom(listener), listener);
  writeFileSync(join(directory, 'file'), 'content');
  assert.throws(() => listenAt(join(directory, 'file')), { code: 'socket.failed', message: /EADDRINUSE/ });
  assert.equal(readFileSync(join(directory, 'file'), 'utf8'), 'content');
});
