/** `havock8s local` by a user who is not root: in a user and mount namespace of its own, with no more rights for the command. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkFuse } from '../../cli/commands/local/check-fuse.js';
import { HavocError } from '../../core/havoc-error.js';
import { needs } from '../needs.js';
import { until } from '../sidecar/mounted/until.js';
import { asNobody } from './as-nobody.js';
import { signalListener } from './signal-listener.js';
import { isAlive } from './started-local.js';

const skip = needs('root', 'fuse', 'unshare', 'setpriv');
const local = ['local', '--disk', 'real=disk', '--control', '127.0.0.1:0'];

test('the command is who its user is, works on the disk, and has no rights of the namespace', {
  skip,
}, async (t) => {
  const script = `id -u; id -g; grep -E 'Cap(Inh|Prm|Eff|Amb)' /proc/self/status; env | grep -c NAMESPACE;
    echo said > disk/file; stat -c '%u %s' real/file disk/file; mount -t tmpfs none disk 2>/dev/null || echo may not mount; exit 9`;
  const { code, stdout, stderr } = await asNobody(t, [...local, '--', 'sh', '-c', script]).ended;
  assert.equal(code, 9, stderr);
  const none = '0000000000000000';
  assert.deepEqual(stdout.trimEnd().split('\n'), [
    '65534',
    '65534',
    ...['CapInh', 'CapPrm', 'CapEff', 'CapAmb'].map((set) => `${set}:\t${none}`),
    '0',
    '65534 5',
    '65534 5',
    'may not mount',
  ]);
  assert.match(stderr, /only this process and its children see the mount; to look: nsenter .* --target \d+/);
});

test('a fault holds without root as with it', { skip }, async (t) => {
  const fault = 'broken=disk error EIO on write';
  const { code, stderr } = await asNobody(t, [
    ...local,
    '--fault',
    fault,
    '--',
    'sh',
    '-c',
    'echo x > disk/file',
  ]).ended;
  assert.notEqual(code, 0);
  assert.match(stderr, /I\/O error/);
});

const listener = [process.execPath, '-e', signalListener];

test('SIGINT at the outer process reaches the command, once', { skip }, async (t) => {
  const running = asNobody(t, [...local, '--', ...listener]);
  await running.says(/listening/);
  running.child.kill('SIGINT');
  await running.says(/got SIGINT 1/);
  running.child.kill('SIGTERM');
  const { code, stdout } = await running.ended;
  assert.equal(code, 3);
  assert.deepEqual(stdout.match(/got .*/g), ['got SIGINT 1', 'got SIGTERM 1']);
});

test('Ctrl-C, which both processes get, counts once; twice in a row ends the command', {
  skip,
}, async (t) => {
  const running = asNobody(t, [...local, '--', ...listener], { terminal: true });
  await running.says(/listening/);
  running.child.stdin?.write('\u0003');
  await running.says(/got SIGINT 1/);
  await running.says(/Ctrl-C is left to the command/);
  running.child.stdin?.write('\u0003');
  await running.says(/got SIGTERM 1/);
  const { code, stdout } = await running.ended;
  assert.equal(code, 3);
  assert.deepEqual(stdout.match(/got SIG\w+ \d/g), ['got SIGINT 1', 'got SIGINT 2', 'got SIGTERM 1']);
});

test('killed, the outer process takes everything with it', { skip }, async (t) => {
  const running = asNobody(t, [...local, '-o', 'json', '--', 'sh', '-c', 'echo as $$; exec sleep 600']);
  const [line] = await running.says(/^\{"kind":"started".*\}$/m);
  const [, command] = await running.says(/as (\d+)/);
  const { holder, faultProxy } = JSON.parse(line).pids;
  running.child.kill('SIGKILL');
  await running.ended;
  const pids = [Number(command), holder, faultProxy];
  await until(() => !pids.some(isAlive));
});

test('only root may run the command as somebody else', { skip }, async (t) => {
  const { code, stderr } = await asNobody(t, [...local, '--user', 'daemon', '--', 'true']).ended;
  assert.equal(code, 2);
  assert.match(stderr, /only root can run COMMAND as somebody else/);
  assert.equal((await asNobody(t, [...local, '--user', 'nobody', '--', 'true']).ended).code, 0);
});

test('a /dev/fuse that is closed to this user is said to be, with what to do', { skip }, async (t) => {
  const { code, stderr } = await asNobody(t, [...local, '--', 'true'], { fuseMode: '600' }).ended;
  assert.equal(code, 1);
  assert.match(stderr, /\/dev\/fuse may not be opened by uid 65534\n.*chmod 666/);
});

test('where nobody may make user namespaces, the switch that forbids it is named', { skip }, async (t) => {
  const without =
    'echo 0 > /proc/sys/user/max_user_namespaces; exec setpriv --inh-caps -all --ambient-caps -all -- "$@"';
  const through = ['unshare', '--user', '--map-current-user', '--keep-caps', 'sh', '-euc', without, 'sh'];
  const { code, stderr } = await asNobody(t, [...local, '--', 'true'], { through }).ended;
  assert.equal(code, 1);
  assert.match(
    stderr,
    /this system lets nobody make one\nAllow it: sudo sysctl -w user\.max_user_namespaces=10000/,
  );
});

test('a /dev/fuse that is missing is said to be, for a machine and for a container', () => {
  const isMissing = (error: unknown) =>
    error instanceof HavocError &&
    error.code === 'fuse.missing' &&
    /modprobe fuse.*--device/s.test(error.message);
  assert.throws(() => checkFuse('/dev/havock8s-no-such-device'), isMissing);
});
