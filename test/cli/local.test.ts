/** `havock8s local` around real commands on a real mount. */
import assert from 'node:assert/strict';
import { chmodSync, chownSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { controlPort } from '../../core/pod-layout.js';
import { needs } from '../needs.js';
import { Host } from '../sidecar/network/host.js';
import { Peer } from '../sidecar/network/peer.js';
import { lastFirst } from './last-first.js';
import { program, runCli, spawnCli, spawnProgram } from './run-cli.js';
import { assertNothingLeft, folders, isAlive, type StartedLocal, startedLocal } from './started-local.js';
import { temporaryFolders } from './temporary-folders.js';

const skip = needs('fuse', 'setpriv');
const asRoot = { skip: skip || needs('root') };

test('the command works on the disk, and havock8s ends with its exit code, leaving nothing', {
  skip,
}, async (t) => {
  const at = folders(t);
  const temporary = temporaryFolders(t);
  const { code, stdout, stderr } = await runCli(
    t,
    ['local', ...at.args, '--', 'sh', '-c', 'echo said > disk/file; cat disk/file; exit 7'],
    {
      cwd: at.root,
      env: { TMPDIR: temporary },
    },
  );
  assert.equal(code, 7, stderr);
  assert.equal(stdout, 'said\n', 'stdout is the command alone');
  assert.equal(readFileSync(join(at.real, 'file'), 'utf8'), 'said\n');
  assert.deepEqual(readdirSync(at.disk), []);
  assert.deepEqual(readdirSync(temporary), []);

  await t.test('the start says what is served where, the control endpoint, RESEND, and what to try', () => {
    assert.ok(stderr.includes(`havock8s: ${at.disk} serves ${at.real} (volume disk)\n`), stderr);
    assert.match(stderr, /havock8s: control endpoint http:\/\/127\.0\.0\.1:\d+ \(.*HAVOCK8S_CONTROL=http/);
    assert.match(stderr, /RESEND/);
    assert.match(stderr, /try: HAVOCK8S_CONTROL=http\S+ havock8s arm slow-sync disk latency 200ms on fsync/);
  });
});

test('a command that a signal ends is 128 and its number', { skip }, async (t) => {
  const { args } = folders(t);
  assert.equal((await runCli(t, ['local', ...args, '--', 'sh', '-c', 'kill -KILL $$'])).code, 137);
  assert.equal((await runCli(t, ['local', ...args, '--', 'sh', '-c', 'kill -USR1 $$'])).code, 138);
});

test('an annotations file is followed, and a sentence in it that is refused is shown with its carets', {
  skip,
}, async (t) => {
  const at = folders(t);
  const file = join(at.root, 'annotations');
  writeFileSync(file, 'fault.havock8s.io/slow="disk latensy 5ms"\n');
  const local = spawnCli(t, ['local', ...at.args, '--annotations', file]);
  await local.says(
    /havock8s: annotation slow: the sentence is refused\nhavock8s: {3}disk latensy 5ms\nhavock8s: +\^{7}/,
  );
  const [, url = ''] = await local.says(/control endpoint (http\S+)/);
  const watch = spawnCli(t, ['watch', '--control', url]);
  await watch.says(/slow refused/);
  writeFileSync(file, 'fault.havock8s.io/slow="disk latency 5ms"\n');
  await watch.says(/slow armed: disk latency 5ms/);
  local.child.kill('SIGTERM');
  assert.equal((await local.ended).code, 0);
});

/** Without a command it serves until it is asked to end, and that is success. */
async function endsBy(local: StartedLocal, asking: NodeJS.Signals): Promise<void> {
  local.child.kill(asking);
  const { code, signal } = await local.ended;
  assert.deepEqual({ code, signal }, { code: 0, signal: null });
  assertNothingLeft(local);
}

test('--state keeps deadlines over a restart, and says where the endpoint is while there is one', {
  skip,
}, async (t) => {
  const at = folders(t);
  const state = join(at.root, 'state');
  const urlFile = join(state, 'control-url');
  const life = async () => {
    const local = await startedLocal(t, { at, options: ['--state', state] });
    assert.equal(readFileSync(urlFile, 'utf8'), `${local.url}\n`);
    return local;
  };
  const first = await life();
  await runCli(t, ['arm', 'slow', 'disk latency 5ms for 1h', '--control', first.url]);
  const [before] = JSON.parse((await runCli(t, ['ls', '-o', 'json', '--control', first.url])).stdout).faults;
  await endsBy(first, 'SIGTERM');
  assert.ok(!existsSync(urlFile));
  const second = await life();
  const [after] = JSON.parse((await runCli(t, ['ls', '-o', 'json', '--control', second.url])).stdout).faults;
  assert.deepEqual([after.name, after.endsAt], ['slow', before.endsAt]);
  await endsBy(second, 'SIGINT');
});

test('when the usual port is taken any other is, and is said', {
  skip: skip || needs('network'),
}, async (t) => {
  const at = folders(t);
  const host = await Host.start(null);
  lastFirst(t, () => host.close());
  await (await Peer.start(host)).listen(controlPort);
  const local = [process.execPath, program, 'local', '--disk', `${at.real}=${at.disk}`, '--', 'true'];
  const { code, stderr } = await spawnProgram(t, host.entering(local)).ended;
  assert.equal(code, 0, stderr);
  const [, port] =
    /control endpoint http:\/\/127\.0\.0\.1:(\d+) \(say so to other shells: export HAVOCK8S_CONTROL=/.exec(
      stderr,
    ) ?? [];
  assert.ok(Number(port) > 0 && Number(port) !== controlPort, stderr);
});

test('a disk that is read-only refuses writes', { skip }, async (t) => {
  const { root, real, disk } = folders(t);
  const script = `"$0" "$1" ls -o json >ls; "$0" "$1" disarm slow >&2; env | grep -c HAVOCK8S_NAMESPACE >namespace
    touch disk/x`;
  const { code, stderr } = await runCli(
    t,
    [
      'local',
      '--disk',
      `${real}=${disk}:ro`,
      '--control',
      '127.0.0.1:0',
      '--fault',
      'slow=disk latency 5ms on fsync',
      '--',
      'sh',
      '-c',
      script,
      process.execPath,
      program,
    ],
    { cwd: root },
  );
  assert.equal(code, 1);
  assert.match(stderr, /Read-only file system/);

  await t.test('the command finds the control endpoint, and its faults, in its environment', () => {
    const [fault] = JSON.parse(readFileSync(join(root, 'ls'), 'utf8')).faults;
    assert.deepEqual([fault.name, fault.source, fault.state], ['slow', 'local', 'armed']);
    assert.equal(readFileSync(join(root, 'namespace'), 'utf8'), '0\n');
    assert.match(stderr, /disarmed slow/);
  });
});

test(
  '--user runs the command as that user, with their groups and home, and they can use the disk',
  asRoot,
  async (t) => {
    const { args, real, root } = folders(t);
    chmodSync(root, 0o755);
    chownSync(real, 65_534, 65_534);
    const script =
      'id -u; id -g; id -G; echo $HOME; touch disk/mine; stat -c %U disk/mine; grep CapEff /proc/self/status';
    const run = (user: string) =>
      runCli(t, ['local', ...args, '--user', user, '--', 'sh', '-c', script], { cwd: root });
    const alone = await run('nobody');
    assert.equal(
      alone.stdout,
      '65534\n65534\n65534\n/nonexistent\nnobody\nCapEff:\t0000000000000000\n',
      alone.stderr,
    );
    const grouped = await run('nobody:daemon');
    assert.match(grouped.stdout, /^65534\n1\n1\n/);
    const stranger = await run('65534:54321');
    assert.match(stranger.stdout, /^65534\n54321\n54321\n/);
  },
);

test('a holder that dies ends the command, and havock8s fails', asRoot, async (t) => {
  const local = await startedLocal(t, { command: ['sleep', '600'] });
  process.kill(local.holder, 'SIGKILL');
  const { code, stderr } = await local.ended;
  assert.equal(code, 1);
  assert.match(stderr, /"error":\{"code":"holder\.died"/);
  assert.ok(!isAlive(local.faultProxy));
});

test('a holder that does not end when it should leaves no mount behind all the same', asRoot, async (t) => {
  const local = await startedLocal(t);
  process.kill(local.holder, 'SIGSTOP');
  local.child.kill('SIGTERM');
  assert.equal((await local.ended).code, 0);
  assertNothingLeft(local);
});
