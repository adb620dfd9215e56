/** The holder's own program, without a mount: it keeps descriptors for whoever comes next. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { inherit, KeeperPort } from '../../../sidecar/disk/keeper-port.js';
import { connectTo, receive, send } from '../../../sidecar/linux/packet-socket.js';
import { until } from '../../disk/until.js';

const program = fileURLToPath(new URL('../../../sidecar/mount/main.js', import.meta.url));

interface Holder {
  readonly child: ChildProcess;
  readonly socket: string;
  readonly directory: string;
  /** How many descriptors it has open. */
  descriptors(): number;
}

async function startHolder(t: TestContext): Promise<Holder> {
  const directory = mkdtempSync(join(tmpdir(), 'havock8s-test-'));
  const socket = join(directory, 'socket');
  const config = JSON.stringify({ socket, mounts: [], onDemand: [], endWithParent: true });
  const child = spawn(process.execPath, [program, config], { stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => {
    child.kill('SIGKILL');
    rmSync(directory, { recursive: true });
  });
  const [line] = await once(child.stdout ?? assert.fail(), 'data');
  assert.deepEqual(JSON.parse(String(line)), { event: 'mounted', pid: child.pid, made: [] });
  return { child, socket, directory, descriptors: () => readdirSync(`/proc/${child.pid}/fd`).length };
}

function newFile({ directory }: Holder, content: string): number {
  const fd = openSync(join(directory, content), 'w+');
  writeSync(fd, content);
  return fd;
}

function contentOf(fd: number | undefined): string {
  if (fd === undefined) return '(nothing)';
  const bytes = Buffer.alloc(256);
  return bytes.toString('utf8', 0, readSync(fd, bytes, 0, 256, 0));
}

/** What a plane that starts now would get: the content of each descriptor by its key. */
function heirloom({ socket, child }: Holder): Readonly<Record<string, string>> {
  const { kept, holderFd, holderPid } = inherit(socket);
  assert.equal(holderPid, child.pid);
  const contents = Object.fromEntries([...kept].map(([key, fd]) => [key, contentOf(fd)]));
  for (const fd of [...kept.values(), holderFd]) closeSync(fd);
  return contents;
}

test('what one plane gave, the next gets, also when the first died in the middle', async (t) => {
  const holder = await startHolder(t);
  const first = new KeeperPort(inherit(holder.socket).holderFd);
  for (const content of ['a', 'b']) {
    const fd = newFile(holder, content);
    assert.equal(first.keep(`inode/data/${content}`, fd), true);
    closeSync(fd);
  }
  closeSync(first.fd);
  assert.deepEqual(heirloom(holder), { 'inode/data/a': 'a', 'inode/data/b': 'b' });
  assert.deepEqual(heirloom(holder), { 'inode/data/a': 'a', 'inode/data/b': 'b' }, 'and the one after');
});

test('what is dropped, or replaced, is closed', async (t) => {
  const holder = await startHolder(t);
  const port = new KeeperPort(inherit(holder.socket).holderFd);
  const before = holder.descriptors();
  const [old, other] = [newFile(holder, 'old'), newFile(holder, 'new')];
  port.keep('one', old);
  port.keep('one', other);
  port.keep('two', old);
  port.drop('two');
  port.drop('nothing');
  await until(() => holder.descriptors() === before + 1);
  assert.deepEqual(heirloom(holder), { one: 'new' });
  for (const fd of [old, other, port.fd]) closeSync(fd);
});

test('thousands of messages at once are all heeded', async (t) => {
  const holder = await startHolder(t);
  const port = new KeeperPort(inherit(holder.socket).holderFd);
  const fd = newFile(holder, 'file');
  for (let i = 0; i < 4000; i++) {
    assert.equal(port.keep(`inode/data/${i % 100}`, fd), true);
    if (i % 2 === 0) port.drop(`inode/data/${i % 100}`);
  }
  const keys = Object.keys(heirloom(holder));
  assert.equal(keys.length, 50);
  assert.ok(keys.every((key) => Number(key.slice('inode/data/'.length)) % 2 === 1));
  closeSync(fd);
  closeSync(port.fd);
});

test('nonsense changes nothing, and leaves no descriptor behind', async (t) => {
  const holder = await startHolder(t);
  const fd = newFile(holder, 'file');
  const before = holder.descriptors();
  const talk = connectTo(holder.socket);
  for (const nonsense of ['keep', 'keep key', 'drop', ' ', 'has a', 'end 1', '\u0000', 'x'.repeat(4000)]) {
    send(talk, nonsense);
  }
  send(talk, 'unknown word', [fd, fd]);
  send(talk, 'keep three', [fd, fd, fd]);
  send(talk, 'hello');
  const answers = [receive(talk, 5000), receive(talk, 5000)];
  assert.deepEqual(
    answers.map((answer) => (answer.kind === 'message' ? answer.text : answer.kind)),
    ['has three', `end ${holder.child.pid}`],
  );
  const [first] = answers;
  assert.ok(first?.kind === 'message');
  for (const descriptor of [...first.descriptors, fd, talk]) closeSync(descriptor);
  await until(() => holder.descriptors() === before + 1);
});

test('more planes than there is room for: the oldest is hung up on, the newest is heard', async (t) => {
  const holder = await startHolder(t);
  const talks = Array.from({ length: 12 }, () => inherit(holder.socket).holderFd);
  assert.equal(receive(talks[0] ?? -1, 5000).kind, 'end');
  const fd = newFile(holder, 'file');
  assert.equal(new KeeperPort(talks.at(-1) ?? -1).keep('key', fd), true);
  assert.deepEqual(heirloom(holder), { key: 'file' });
  for (const open of [...talks, fd]) closeSync(open);
});

test('a connection that closes costs nothing for ever', async (t) => {
  const holder = await startHolder(t);
  const before = holder.descriptors();
  for (let i = 0; i < 50; i++) heirloom(holder);
  await until(() => holder.descriptors() === before);
});

for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
  test(`${signal} ends it, and takes its socket away`, async (t) => {
    const holder = await startHolder(t);
    const { holderFd } = inherit(holder.socket);
    const exited = once(holder.child, 'exit');
    holder.child.kill(signal);
    assert.deepEqual(await exited, [0, null]);
    assert.equal(existsSync(holder.socket), false);
    assert.equal(receive(holderFd, 0).kind, 'end');
    closeSync(holderFd);
  });
}
