/** The holder's own program, without a mount: it keeps descriptors for whoever comes next. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { FdStorePort, inherit } from '../../../sidecar/disk/fd-store-port.js';
import { connectTo, receive, send } from '../../../sidecar/linux/packet-socket.js';
import { needs } from '../../needs.js';
import { shipped } from '../../shipped.js';
import { until } from '../mounted/until.js';

const program = shipped('sidecar/mount/main');

const packetSocket = new URL('../../../sidecar/linux/packet-socket.js', import.meta.url).href;

interface Holder {
  readonly child: ChildProcess;
  readonly socket: string;
  readonly directory: string;
  /** How many descriptors it has open. */
  descriptors(): number;
}

async function startHolder(t: TestContext, descriptors = 4096): Promise<Holder> {
  const directory = mkdtempSync(join(tmpdir(), 'havock8s-test-'));
  const socket = join(directory, 'socket');
  const config = JSON.stringify({ socket, mounts: [], onDemand: [], endWithParent: true, isHidden: false });
  const limited = ['-c', `ulimit -n ${descriptors}; exec "$@"`, 'sh', process.execPath, program, config];
  const child = spawn('sh', limited, { stdio: ['ignore', 'pipe', 'inherit'] });
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

/** What a fault proxy that starts now would get: the content of each descriptor by its key. */
function heirloom({ socket, child }: Holder): Readonly<Record<string, string>> {
  const { kept, holderFd, holderPid } = inherit(socket);
  assert.equal(holderPid, child.pid);
  const contents = Object.fromEntries([...kept].map(([key, fd]) => [key, contentOf(fd)]));
  for (const fd of [...kept.values(), holderFd]) closeSync(fd);
  return contents;
}

test('what one fault proxy gave, the next gets, also when the first died in the middle', async (t) => {
  const holder = await startHolder(t);
  const first = new FdStorePort(inherit(holder.socket).holderFd);
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
  const port = new FdStorePort(inherit(holder.socket).holderFd);
  const before = holder.descriptors();
  const [old, other] = [newFile(holder, 'old'), newFile(holder, 'new')];
  port.keep('one', old);
  port.keep('one', other);
  port.keep('two', old);
  port.drop('two');
  port.drop('nothing');
  await until(() => holder.descriptors() === before + 1);
  closeSync(port.fd);
  assert.deepEqual(heirloom(holder), { one: 'new' });
  for (const fd of [old, other]) closeSync(fd);
});

test('thousands of messages at once are all heeded', async (t) => {
  const holder = await startHolder(t);
  const port = new FdStorePort(inherit(holder.socket).holderFd);
  const fd = newFile(holder, 'file');
  for (let i = 0; i < 4000; i++) {
    assert.equal(port.keep(`inode/data/${i % 100}`, fd), true);
    if (i % 2 === 0) port.drop(`inode/data/${i % 100}`);
  }
  // What it sent is taken before the next one is given anything.
  closeSync(port.fd);
  const keys = Object.keys(heirloom(holder));
  assert.equal(keys.length, 50);
  assert.ok(keys.every((key) => Number(key.slice('inode/data/'.length)) % 2 === 1));
  closeSync(fd);
});

test('nonsense changes nothing, and leaves no descriptor behind', async (t) => {
  const holder = await startHolder(t);
  const fd = newFile(holder, 'file');
  const before = holder.descriptors();
  const talk = inherit(holder.socket).holderFd;
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

test('while one fault proxy is served a second gets nothing, changes nothing, and does not crowd it out', async (t) => {
  const holder = await startHolder(t);
  const fd = newFile(holder, 'file');
  const served = new FdStorePort(inherit(holder.socket).holderFd);
  served.keep('key', fd);
  assert.throws(() => inherit(holder.socket), { code: 'holder.silent' });
  const others = Array.from({ length: 12 }, () => connectTo(holder.socket));
  for (const other of others) {
    send(other, 'drop key');
    send(other, 'keep other', [fd]);
  }
  await until(() => receive(others[0] ?? -1, 0).kind === 'end');
  assert.throws(() => inherit(holder.socket), { code: 'holder.silent' });
  assert.equal(served.keep('another', fd), true);
  for (const open of [...others, served.fd]) closeSync(open);
  assert.deepEqual(heirloom(holder), { key: 'file', another: 'file' });
  closeSync(fd);
});

test('who has not asked for what is kept changes nothing of it', async (t) => {
  const holder = await startHolder(t);
  const fd = newFile(holder, 'file');
  const first = new FdStorePort(inherit(holder.socket).holderFd);
  first.keep('key', fd);
  closeSync(first.fd);
  const early = new FdStorePort(connectTo(holder.socket));
  early.drop('key');
  early.keep('other', fd);
  closeSync(early.fd);
  assert.deepEqual(heirloom(holder), { key: 'file' });
  closeSync(fd);
});

test('what is kept has a bound that leaves the holder descriptors, and each key has one', async (t) => {
  const holder = await startHolder(t, 500);
  const port = new FdStorePort(inherit(holder.socket).holderFd);
  const fd = newFile(holder, 'file');
  port.keep('x'.repeat(301), fd);
  for (let i = 0; i < 1000; i++) assert.equal(port.keep(`inode/data/${i}`, fd), true);
  closeSync(port.fd);
  assert.equal(Object.keys(heirloom(holder)).length, 500 - 64);
  assert.equal(holder.child.exitCode, null);
  closeSync(fd);
});

test('its socket is for its own user alone, also against who may open any file', {
  skip: needs('root', 'setpriv'),
}, async (t) => {
  const holder = await startHolder(t);
  chmodSync(holder.directory, 0o711);
  assert.equal(statSync(holder.socket).mode & 0o777, 0o600);
  const ask = `
    import { connectTo, receive, send } from ${JSON.stringify(packetSocket)};
    const talk = connectTo(${JSON.stringify(holder.socket)});
    send(talk, 'hello');
    console.log(receive(talk, 5000).kind);`;
  const asked = (...rights: readonly string[]) =>
    spawnSync('setpriv', [...rights, process.execPath, '--input-type=module', '-e', ask], {
      encoding: 'utf8',
    });
  const nobody = ['--reuid=65534', '--clear-groups'];
  const opensAll = ['--inh-caps=+dac_override', '--ambient-caps=+dac_override'];
  assert.match(asked(...nobody).stderr, /EACCES/);
  assert.equal(asked(...nobody, ...opensAll).stdout, 'end\n');
  assert.equal(asked('--clear-groups').stdout, 'message\n');
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
