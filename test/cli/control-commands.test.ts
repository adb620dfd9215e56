/** arm, disarm, ls, status and watch against a real control endpoint, whose disk server is a recording one. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { startedControl } from '../sidecar/control/started-control.js';
import { annotations } from '../sidecar/registry/opened-registry.js';
import { askCli } from './ask-cli.js';
import { onTerminal } from './on-terminal.js';
import { errorOf, program, runCli, spawnCli, spawnProgram } from './run-cli.js';

test('arm, ls and disarm are one story', async (t) => {
  const { url, applier } = await startedControl(t);
  const env = { HAVOCK8S_CONTROL: url };
  const armed = await runCli(t, ['arm', 'slow', 'disk', 'latency', '200ms', 'on', 'fsync', 'for', '5m'], {
    env,
  });
  assert.equal(armed.code, 0, armed.stderr);
  assert.match(armed.stdout, /^slow armed: disk latency 200ms on fsync for 5m\n/);
  assert.match(armed.stdout, /5m 00s left; sooner with: havock8s disarm slow/);
  assert.deepEqual(applier.armed, ['slow: latency']);
  applier.meet('fsync', { times: 3 });
  const listed = await runCli(t, ['ls'], { env });
  assert.match(listed.stdout, /^NAME +SOURCE +STATE +LEFT +MATCHED +INJECTED +SEED +SENTENCE\n/);
  assert.match(
    listed.stdout,
    /^slow +control +armed +5m 00s +3 +3 +- +disk latency 200ms on fsync for 5m\n/m,
  );
  const off = await runCli(t, ['disarm', 'slow'], { env });
  assert.equal(off.stdout, 'disarmed slow\n');
  assert.deepEqual(applier.armed, []);
});

test('--control goes before the environment, as an address or a url', async (t) => {
  const { url } = await startedControl(t);
  const env = { HAVOCK8S_CONTROL: '127.0.0.1:1' };
  for (const control of [
    url,
    `${url}/`,
    url.replace('http://', ''),
    url.replace('http://127.0.0.1', 'localhost'),
  ]) {
    const { code, stderr } = await askCli(['ls', '--control', control], { env });
    assert.equal(code, 0, stderr);
    assert.match(stderr, /no faults; to arm one/);
  }
});

test('all that print data print JSON, as the endpoint has it', async (t) => {
  const { url, registry } = await startedControl(t);
  await registry.setAnnotations(annotations({ torn: null, lag: 'disk latency 1s' }));
  const json = async (...args: readonly string[]) => {
    const { code, stdout, stderr } = await askCli([...args, '-o', 'json', '--control', url]);
    assert.equal(code, 0, stderr);
    return JSON.parse(stdout);
  };
  assert.equal((await json('arm', 'slow', 'disk freeze')).name, 'slow');
  const { faults } = await json('ls');
  assert.deepEqual(faults, JSON.parse(JSON.stringify(registry.list())));
  assert.equal((await json('status')).disk.mounts[0].volume, 'data');
  assert.deepEqual(await json('disarm', 'slow'), { disarmed: ['slow'] });
  assert.deepEqual(await json('disarm', '--all'), { disarmed: ['lag'] });
});

test('ls shows a refused annotation with its carets, and a fault that is over and never hit anything says so', async (t) => {
  const { url, registry } = await startedControl(t);
  await registry.setAnnotations(annotations({ bad: 'disk latensy 1s', old: 'disk freeze' }));
  await registry.disarm('old');
  const { stdout } = await askCli(['ls', '--control', url]);
  assert.match(stdout, /^old +annotation +disarmed +- +0 +never +- +disk freeze$/m);
  assert.match(stdout, /refused: bad\n {2}disk latensy 1s\n {7}\^{7} .*"latency"/);
});

test('a sentence that only the fault proxy refuses is exit code 2 too', async (t) => {
  const { url } = await startedControl(t);
  const { code, stderr } = await askCli(['arm', 'slow', 'disk throttle 5 iops', '--control', url]);
  assert.equal(code, 2);
  assert.match(stderr, / {2}disk throttle 5 iops\n {2}\^+ disk throttle cannot be applied by a test/);
});

test('disarming what is not there fails, and knows the nearest name', async (t) => {
  const { url, registry } = await startedControl(t);
  await registry.arm('slow-wal', 'disk freeze');
  const ran = await askCli(['disarm', 'slow-wla', '--control', url, '-o', 'json']);
  assert.equal(ran.code, 1);
  const { code, message } = errorOf(ran);
  assert.equal(code, 'control.no-such-fault');
  assert.match(message ?? '', /did you mean "slow-wal"\?/);
});

test('arming under the name of an annotation says that it waits', async (t) => {
  const { url, registry } = await startedControl(t);
  await registry.setAnnotations(annotations({ slow: 'disk freeze' }));
  const { code, stderr, stdout } = await askCli(['arm', 'slow', 'disk readonly', '--control', url]);
  assert.equal(code, 0);
  assert.match(stdout, /^slow shadowed: disk readonly/);
  assert.match(stderr, /an annotation has this name/);
});

test('status tells of mounts, processes and faults', async (t) => {
  const { url } = await startedControl(t);
  const { stdout } = await runCli(t, ['status', '--control', url]);
  assert.match(stdout, /^volume +data: \/served\/data serves \/backing\/data$/m);
  assert.match(stdout, /holder 4711, fault proxy restarted 2 times/);
  assert.match(stdout, /FUSE 7\.45, RESEND/);
});

test('where nothing listens, every command says how to start', async () => {
  const control = await freeAddress();
  for (const args of [['ls'], ['status'], ['watch'], ['disarm', '--all'], ['arm', 'x', 'disk freeze']]) {
    const { code, stderr } = await askCli([...args, '--control', control]);
    assert.equal(code, 1, args.join(' '));
    assert.match(
      stderr,
      /nothing listens at http:\/\/127\.0\.0\.1:\d+\nStart a sidecar with `havock8s local`/,
    );
  }
});

test('what is not a control endpoint is told apart, whatever it answers', async (t) => {
  const listeners: readonly (readonly [RequestListener, RegExp])[] = [
    [(_, response) => void response.end('<html>'), /is not a control endpoint: its answer is not JSON/],
    [(_, response) => void response.end('{"faults": 7}'), /not understood: body\.faults: .*expected array/],
    [
      (_, response) => void response.end('{"faults": [{"name": 1}]}'),
      /body\.faults\[0\]\.name: .*expected string/,
    ],
    [(_, response) => void response.writeHead(500).end('null'), /not understood: body: .*expected object/],
    [(_, response) => void response.destroy(), /does not answer \(ECONNRESET\)/],
    [(_, response) => void response.end(Buffer.alloc(9 * 1024 * 1024, 0x20)), /more than \d+ bytes/],
  ];
  for (const [listener, pattern] of listeners) {
    const { code, stderr } = await askCli(['ls', '--control', await servedBy(t, listener)]);
    assert.equal(code, 1);
    assert.match(stderr, pattern);
  }
});

test('watch writes a line for every event and every change of the counts', async (t) => {
  const { url, registry, applier } = await startedControl(t);
  const { child, ended, says } = spawnCli(t, ['watch', '--control', url]);
  await registry.arm('first', 'disk freeze');
  await says(/first armed: 0 matched, 0 injected, 10m 00s left/);
  await registry.arm('slow', 'disk latency 1s');
  await says(/ slow armed: disk latency 1s\n/);
  applier.meet('fsync', { times: 2 });
  await says(/slow armed: 2 matched, 2 injected/);
  await registry.disarm('slow');
  await says(/ slow disarmed.*, 2 matched, 2 injected\n/);
  child.kill('SIGINT');
  const { code, stderr } = await ended;
  assert.equal(code, 0);
  assert.equal(stderr, '');
});

test('watch -o json is one object a line', async (t) => {
  const { url, registry } = await startedControl(t);
  const { child, ended, says } = spawnCli(t, ['watch', '-o', 'json', '--control', url]);
  await registry.arm('first', 'disk freeze');
  await says(/"name":"first"/);
  await registry.arm('slow', 'disk latency 1s');
  await says(/"kind":"event".*"kind":"armed","name":"slow"/);
  child.kill('SIGTERM');
  const { code, stdout } = await ended;
  assert.equal(code, 0);
  const kinds = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line).kind);
  assert.ok(kinds.every((kind) => kind === 'faults' || kind === 'event'));
});

test('watch ends with exit code 1 when the sidecar is gone for good', async (t) => {
  const { url, registry, server } = await startedControl(t);
  await registry.arm('first', 'disk freeze');
  const { ended, says } = spawnCli(t, ['watch', '--control', url]);
  await says(/first armed/);
  await server.close();
  const { code, stderr } = await ended;
  assert.equal(code, 1);
  assert.match(stderr, /no answer/);
  assert.match(stderr, /nothing listens/);
});

test('watch on a terminal draws in place, and leaves the last table behind when Ctrl-C ends it', async (t) => {
  const { url, registry, applier } = await startedControl(t);
  await registry.arm('slow', 'disk latency 1s');
  const draw = 'stty cols 100 rows 20; exec "$@"';
  const words = ['sh', '-c', draw, 'sh', process.execPath, program, 'watch', '--control', url];
  const { child, ended, says } = spawnProgram(t, onTerminal(words), { env: { TERM: 'xterm' } });
  await says(/\[\?1049h.*Ctrl-C ends.*slow.*disk latency 1s/s);
  applier.meet('fsync', { times: 7 });
  await says(/slow.* 7 +7 +- +disk latency 1s/);
  child.stdin?.write('\u0003');
  const { code, stdout } = await ended;
  assert.equal(code, 0);
  const left = stdout.slice(stdout.lastIndexOf('\u001b[?1049l'));
  assert.match(left, /slow.* 7 +7 +- +disk latency 1s/);
});

async function servedBy(t: TestContext, listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  await once(server, 'listening');
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function freeAddress(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return `127.0.0.1:${port}`;
}
