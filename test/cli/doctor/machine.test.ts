/** The doctor on a machine: real mounts that are dead or hang, real rules that are left, and nobody else's. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { socketState } from '../../../sidecar/linux/packet-socket.js';
import { needs } from '../../needs.js';
import { until } from '../../sidecar/mounted/until.js';
import { startPair } from '../../sidecar/network/host.js';
import { leftBehind } from '../../sidecar/network/left-behind.js';
import { Container } from '../../sidecar/supervise/pod/container.js';
import { Node } from '../../sidecar/supervise/pod/node.js';
import { Pod } from '../../sidecar/supervise/pod/pod.js';
import { asNobody } from '../as-nobody.js';
import { lastFirst } from '../last-first.js';
import { program, spawnProgram } from '../run-cli.js';
import { temporaryFolders } from '../temporary-folders.js';
import { examine, verdictsOf } from './examined.js';

const skip = needs('root', 'fuse', 'setpriv', 'unshare', 'network');
/** Each question has a bound of seconds; the rest is for a machine that is busy. */
const boundMs = 60_000;

/** Where processes of others are not seen. */
const alone = (node: Node): readonly string[] =>
  node.entering(['unshare', '--pid', '--fork', '--kill-child', '--mount-proc', '--']);

/** A node has what was mounted when it began, of other tests too. Where they are it stays. */
const unmountOthers = (node: Node): string =>
  node.succeed(`awk '$3 == "fuse.havock8s" { print $2 }' /proc/self/mounts | xargs -r umount --lazy`);

test('a mount is served, then dead when both sidecars are killed, and gone by the command that is named', {
  skip,
}, async (t) => {
  const pod = await Pod.start(t, { volumes: [{ name: 'data' }] });
  unmountOthers(pod.node);
  const [mount, faults] = [await pod.startMount(), await pod.startFaults()];
  const here = alone(pod.node);
  const well = await examine(here);
  assert.deepEqual(verdictsOf(well, 'mounts'), ['ok']);
  assert.match(well.of('mounts')[0]?.found ?? '', /1 mount of ours, and served: .*served\/data/);

  await Promise.all([mount.kill(), faults.kill()]);
  const ill = await examine(here);
  assert.equal(ill.code, 1);
  const [dead] = ill.of('mounts');
  assert.equal(dead?.verdict, 'broken');
  assert.match(dead?.found ?? '', /ENOTCONN/);
  assert.equal(dead?.subject, join(pod.havock8s, 'served/data'));
  const [command = ''] = dead?.do ?? [];
  pod.node.succeed(command);
  assert.deepEqual(verdictsOf(await examine(here), 'mounts'), ['ok']);
});

test('a mount whose fault proxy is stopped hangs: it is said within the bound, and it is well when the fault proxy goes on', {
  skip,
}, async (t) => {
  const pod = await Pod.start(t, { volumes: [{ name: 'data' }] });
  unmountOthers(pod.node);
  await pod.startMount();
  const faults = await pod.startFaults();
  const stopped = faults.processes;
  for (const pid of stopped) process.kill(pid, 'SIGSTOP');
  lastFirst(t, () => {
    for (const pid of faults.processes) process.kill(pid, 'SIGCONT');
  });
  const here = alone(pod.node);
  const ill = await examine(here);
  assert.ok(ill.tookMs < boundMs, `${ill.tookMs} ms`);
  const [hanging] = ill.of('mounts');
  assert.match(hanging?.found ?? '', /does not answer/);
  assert.ok(hanging?.do.some((one) => /connections\/\d+\/abort/.test(one)));

  for (const pid of faults.processes) process.kill(pid, 'SIGCONT');
  assert.deepEqual(verdictsOf(await examine(here), 'mounts'), ['ok']);
});

test('dead mounts and tables of others are none of its business', { skip }, async (t) => {
  const node = await Node.start(null);
  lastFirst(t, () => node.close());
  unmountOthers(node);
  const folder = join(temporaryFolders(t, 'theirs'), 'theirs');
  const options = 'fd=3,rootmode=40000,user_id=0,group_id=0';
  node.succeed(`
    exec 3<>/dev/fuse
    mount -i -t fuse.sshfs -o ${options} elsewhere ${folder}
    nft 'add table inet theirs'
    nft 'add chain inet theirs in { type filter hook input priority 0; }'
    ip rule add fwmark 7 lookup 100
  `);
  assert.match(node.run(`stat ${folder}`).stderr, /not connected/);
  const { code, of } = await examine(alone(node));
  assert.equal(code, 0);
  for (const check of ['mounts', 'rules', 'kernel', 'fuse', 'network'])
    assert.deepEqual(
      of(check).map(({ verdict }) => verdict),
      ['ok'],
      check,
    );
  node.succeed(`umount --lazy ${folder}`);
});

test('rules are somebody’s while the sidecar lives; when it is killed they are left, and the command takes them away', {
  skip,
}, async (t) => {
  const pair = await startPair();
  lastFirst(t, () => pair.close());
  const pod = await Pod.start(t, {
    volumes: [],
    network: pair.server,
    faultsArgs: ['--inbound=5000', '--outbound=6000'],
  });
  const faults = await pod.startFaults();
  const here = alone(pod.node);
  assert.match((await examine(here)).of('rules')[0]?.found ?? '', /whoever made it listens/);

  await faults.kill();
  const [left] = (await examine(here)).of('rules');
  assert.equal(left?.verdict, 'broken');
  assert.match(left?.follows ?? '', /what goes out .* is reset/);
  const [command = ''] = left?.do ?? [];
  pair.server.succeed('sh', '-ec', command);
  assert.deepEqual(leftBehind(pair.server), []);
  assert.deepEqual(verdictsOf(await examine(here), 'rules'), ['ok']);
});

test('a routing rule without a table is a warning, and goes likewise', { skip }, async (t) => {
  const node = await Node.start(null);
  lastFirst(t, () => node.close());
  unmountOthers(node);
  node.succeed('ip rule add fwmark 0x10000000/0x30000000 lookup 7808 priority 7808');
  const [left] = (await examine(alone(node))).of('rules');
  assert.equal(left?.verdict, 'warning');
  node.run(left?.do[0] ?? '');
  assert.deepEqual(verdictsOf(await examine(alone(node)), 'rules'), ['ok']);
});

test('where the disk beneath died, it is blamed, and not the mount of ours that gives its errors', {
  skip: needs('root', 'fuse', 'setpriv', 'unshare', 'network', 'bindfs'),
}, async (t) => {
  const root = temporaryFolders(t, 'source', 'real', 'disk');
  const node = await Node.start(null);
  lastFirst(t, () => node.close());
  unmountOthers(node);
  const [first = '', ...words] = node.entering(['bindfs', '-f', join(root, 'source'), join(root, 'real')]);
  const bindfs = spawn(first, words, { stdio: ['ignore', 'ignore', 'inherit'] });
  lastFirst(t, () => void bindfs.kill('SIGKILL'));
  const isMounted = `grep -q ' ${root}/real fuse ' /proc/self/mounts`;
  await until(() => node.run(isMounted).code === 0);
  const local = [process.execPath, program, 'local', '--disk', `${root}/real=${root}/disk`];
  const running = spawnProgram(t, node.entering(local));
  await running.says(/serves/);
  const mounts = async () => (await examine(alone(node))).of('mounts')[0];
  assert.equal((await mounts())?.verdict, 'ok');
  bindfs.kill('SIGKILL');
  await until(async () => (await mounts())?.verdict === 'broken', 30_000);
  await until(async () => /the mount is served, but/.test((await mounts())?.found ?? ''));
  const found = await mounts();
  assert.equal(found?.subject, `${root}/disk`);
  assert.match(found?.found ?? '', /volume \S+: the disk beneath, .*real, does not answer \(ENOTCONN\)/);
  assert.deepEqual(
    found?.do.filter((one) => one.includes('umount')),
    [],
  );
});

test('a directory of a `havock8s local` that was killed is found, with the command that removes it', {
  skip,
}, async (t) => {
  const root = temporaryFolders(t, 'real', 'disk', 'tmp/havock8s-cli-abcdef');
  const env = { ...process.env, TMPDIR: join(root, 'tmp') };
  const node = await Node.start(null);
  lastFirst(t, () => node.close());
  unmountOthers(node);
  const directories = async () => (await examine(alone(node), [], env)).of('directories');
  const local = [process.execPath, program, 'local', '--disk', `${root}/real=${root}/disk`];
  const inNamespace = ['unshare', '--pid', '--fork', '--kill-child', '--mount-proc', '--', ...local];
  const running = spawnProgram(t, node.entering(inNamespace), { env });
  await running.says(/serves/);
  const [, inUse = ''] = /^in use: (.+)$/.exec((await directories())[0]?.found ?? '') ?? [];
  // With it ends everything in its pid namespace: soon, but not before kill(2) returns.
  running.child.kill('SIGKILL');
  await until(() => socketState(join(inUse, 'holder.sock')) === 'abandoned');
  const [left] = await directories();
  assert.equal(left?.verdict, 'warning');
  node.succeed(left?.do[0] ?? 'false');
  assert.equal((await directories())[0]?.found, 'none of ours is left');
});

test('in a debug container a dead mount of the node is found through process 1, and its command works from there', {
  skip,
}, async (t) => {
  const node = await Node.start(null);
  lastFirst(t, () => node.close());
  unmountOthers(node);
  const folder = join(temporaryFolders(t, 'dead'), 'dead');
  const options = 'fd=3,rootmode=40000,user_id=0,group_id=0';
  const { pid, ...ofNode } = await Container.start(node, {
    propagation: 'private',
    setup: `exec 3<>/dev/fuse; mount -i -t fuse.havock8s -o ${options} data ${folder}; exec 3>&-`,
    command: ['sleep', 'infinity'],
  });
  lastFirst(t, () => ofNode.gone);
  lastFirst(t, () => process.kill(pid, 'SIGKILL'));
  await until(() => readFileSync(`/proc/${pid}/mountinfo`, 'utf8').includes(folder));
  const debug = [
    'nsenter',
    '--target',
    String(pid),
    '--pid',
    '--',
    'unshare',
    '--mount',
    '--mount-proc',
    '--',
  ];
  const seen = await examine(debug);
  assert.match(seen.place, /sees this node's processes/);
  assert.deepEqual([seen.of('mounts')[0]?.verdict, seen.of('mounts')[0]?.subject], ['broken', folder]);
  const [command = ''] = seen.of('mounts')[0]?.do ?? [];
  assert.match(command, /^nsenter --target 1 --mount -- umount /);
  const [program = '', ...args] = [...debug, 'sh', '-ec', command];
  assert.equal(spawnSync(program, args).status, 0);
  assert.deepEqual(verdictsOf(await examine(debug), 'mounts'), ['ok']);
});

test('without root it says what it could not see, and that is not a failure', { skip }, async (t) => {
  const { code, stdout } = await asNobody(t, ['doctor']).ended;
  // Another test may have a dead mount just now, which is seen here too.
  const ours = stdout.replace(/^broken +mounts .*$/gm, '');
  assert.equal(code, ours === stdout ? 0 : 1);
  assert.doesNotMatch(ours, /^broken/m);
  assert.match(stdout, /^.*as user 65534/);
  assert.match(stdout, /^unknown +network .*CAP_NET_ADMIN/m);
  assert.match(stdout, /^unknown +rules .*cannot be seen/m);
  assert.match(stdout, /^ok +fuse .*user namespace/m);
});
