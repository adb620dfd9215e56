/** inject and uninject as a person's shell runs them: streams, exit codes, files. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import {
  chmodSync,
  lstatSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { applyPatch } from 'diff';
import { askCli } from '../ask-cli.js';
import { onTerminal } from '../on-terminal.js';
import { errorOf, program, runCli, spawnCli, spawnProgram } from '../run-cli.js';
import { temporaryFolders } from '../temporary-folders.js';

const golden = (name: string): string => readFileSync(`test/cli/inject/golden/${name}`, 'utf8');
const manifest = golden('bitnami-postgresql.manifest');
const result = golden('bitnami-postgresql.injected');

function written(t: TestContext, files: Readonly<Record<string, string>>): string {
  const root = temporaryFolders(t);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(root, name), text);
  return root;
}

test('the documents go to stdout, the table to stderr', async (t) => {
  const cwd = written(t, { 'pg.yaml': manifest });
  const { code, stdout, stderr } = await runCli(t, ['inject', '-f', 'pg.yaml'], { cwd });
  assert.equal(code, 0);
  assert.equal(stdout, result);
  assert.match(stderr, /^WORKLOAD +RESULT +VOLUMES +PORTS +WHY\n/);
  assert.match(stderr, /^Service\/shop-postgresql-hl +not a workload/m);
  assert.match(stderr, /^StatefulSet\/shop-postgresql +injected +data +5432$/m);
});

test('stdin to stdout and back through a pipe', async (t) => {
  const there = spawnCli(t, ['inject', '-f', '-']);
  there.child.stdin?.end(manifest);
  const { stdout } = await there.ended;
  assert.equal(stdout, result);
  const back = spawnCli(t, ['uninject', '-f', '-']);
  back.child.stdin?.end(stdout);
  assert.equal((await back.ended).stdout, manifest);
});

test('a skipped workload comes out as it went in, with the reason', async () => {
  const { code, stdout, stderr } = await askCli([
    'inject',
    '-f',
    'test/cli/inject/golden/several-documents.manifest',
  ]);
  assert.equal(code, 0);
  assert.ok(stdout.endsWith(golden('several-documents.manifest').slice(-150)));
  assert.match(stderr, /^Deployment\/worker +skipped .*it has hostNetwork/m);
});

test('--asked leaves alone what did not ask, and false holds without it too', async () => {
  const list = 'test/cli/inject/golden/list.manifest';
  const asked = await askCli(['inject', '-f', list, '--asked']);
  assert.equal(asked.stdout, golden('list.manifest'));
  assert.match(asked.stderr, /^Pod\/etcd-0 +skipped .*nobody asked for it$/m);
  assert.match(asked.stderr, /^DaemonSet\/agent +skipped .*"false"$/m);
  assert.match((await askCli(['inject', '-f', list])).stderr, /^DaemonSet\/agent +skipped .*"false"$/m);
});

test('--config selects by labels for --asked, sets the image, and is refused by its line when it is bad', async (t) => {
  const cwd = written(t, {
    'pg.yaml': manifest,
    'good.yaml':
      'image: registry.example/h:9\npodSelector: {matchLabels: {app.kubernetes.io/instance: shop}}\n',
    'bad.yaml': 'image: h:1\nimgae: h:2\n',
  });
  const good = await askCli(['inject', '-f', 'pg.yaml', '--asked', '--config', 'good.yaml'], { cwd });
  assert.match(good.stdout, /image: registry\.example\/h:9/);
  const bad = await askCli(['inject', '-f', 'pg.yaml', '--config', 'bad.yaml'], { cwd });
  assert.equal(bad.code, 2);
  assert.match(bad.stderr, /error: bad\.yaml:2: .*imgae/);
});

test('--check exits with 1 if something would change, with 0 if not, and writes only the table', async (t) => {
  const cwd = written(t, { 'before.yaml': manifest, 'after.yaml': result });
  const before = await askCli(['inject', '--check', '-f', 'before.yaml'], { cwd });
  assert.deepEqual([before.code, before.stdout], [1, '']);
  assert.match(before.stderr, /injected/);
  const after = await askCli(['inject', '--check', '-f', 'after.yaml'], { cwd });
  assert.deepEqual([after.code, after.stdout], [0, '']);
  assert.equal((await runCli(t, ['uninject', '--check', '-f', 'after.yaml'], { cwd })).code, 1);
  assert.equal((await askCli(['uninject', '--check', '-f', 'before.yaml'], { cwd })).code, 0);
});

test('--diff writes a diff that makes the one from the other, nothing where nothing changes, and goes with --check', async (t) => {
  const cwd = written(t, { 'pg.yaml': manifest, 'done.yaml': result });
  const { code, stdout } = await askCli(['inject', '--diff', '-f', 'pg.yaml'], { cwd });
  assert.equal(code, 0);
  assert.match(stdout, /^--- a\/pg\.yaml\n\+\+\+ b\/pg\.yaml\n@@ /);
  assert.equal(applyPatch(manifest, stdout), result);
  assert.equal((await askCli(['inject', '--diff', '-f', 'done.yaml'], { cwd })).stdout, '');
  assert.equal((await askCli(['inject', '--diff', '--check', '-f', 'pg.yaml'], { cwd })).code, 1);
});

test('--diff is coloured on a terminal', async (t) => {
  const cwd = written(t, { 'pg.yaml': manifest });
  const words = onTerminal([process.execPath, program, 'inject', '--diff', '-f', 'pg.yaml']);
  const { stdout } = await spawnProgram(t, words, { cwd, env: { TERM: 'xterm' } }).ended;
  assert.ok(stdout.includes('\u001b[32m+        - name: havock8s-mount'), stdout.slice(0, 500));
});

test('--write writes back what changes, keeps mode and symbolic links, and leaves nothing else', async (t) => {
  const root = written(t, { 'pg.yaml': manifest, 'other.yaml': 'kind: Other\n' });
  chmodSync(join(root, 'pg.yaml'), 0o640);
  symlinkSync('pg.yaml', join(root, 'link.yaml'));
  const before = statSync(join(root, 'other.yaml'));
  const { code, stdout } = await askCli(['inject', '-w', '-f', 'link.yaml', '-f', 'other.yaml'], {
    cwd: root,
  });
  assert.deepEqual([code, stdout], [0, '']);
  assert.equal(readFileSync(join(root, 'pg.yaml'), 'utf8'), result);
  assert.equal(statSync(join(root, 'pg.yaml')).mode & 0o777, 0o640);
  assert.ok(lstatSync(join(root, 'link.yaml')).isSymbolicLink());
  assert.equal(statSync(join(root, 'other.yaml')).ino, before.ino);
  assert.deepEqual(readdirSync(root).toSorted(), ['link.yaml', 'other.yaml', 'pg.yaml']);
  await askCli(['uninject', '-w', '-f', root]);
  assert.equal(readFileSync(join(root, 'pg.yaml'), 'utf8'), manifest);
});

test('one bad file of several, and none is written', async (t) => {
  const root = written(t, { 'a.yaml': manifest, 'b.yaml': 'a: [\n' });
  const { code, stderr } = await askCli(['inject', '-w', '-f', root]);
  assert.equal(code, 2);
  assert.match(stderr, /error: \S*b\.yaml:2:1: /);
  assert.equal(readFileSync(join(root, 'a.yaml'), 'utf8'), manifest);
});

test('a directory is its manifests, sorted, as one stream of documents', async (t) => {
  const root = written(t, {
    'b.yml': 'kind: B\n',
    'a.yaml': '---\nkind: A',
    'c.json': '{"kind":"C"}',
    'd.txt': 'no',
  });
  const { stdout, stderr } = await askCli(['inject', '-f', root]);
  assert.equal(stdout, '---\nkind: A\n---\nkind: B\n---\n{"kind":"C"}');
  assert.match(stderr, /^WORKLOAD .* FILE +WHY$/m);
});

test('--output json is one object on stdout, with the texts', async (t) => {
  const cwd = written(t, { 'pg.yaml': manifest });
  const { code, stdout, stderr } = await askCli(['inject', '-f', 'pg.yaml', '-o', 'json'], { cwd });
  assert.deepEqual([code, stderr], [0, '']);
  const { workloads, files } = JSON.parse(stdout);
  assert.deepEqual(files, [{ name: 'pg.yaml', changed: true, text: result }]);
  assert.deepEqual(workloads[1], {
    file: 'pg.yaml',
    kind: 'StatefulSet',
    name: 'shop-postgresql',
    result: 'injected',
    volumes: ['data'],
    inbound: [5432],
    outbound: [],
    reason: null,
    notes: [],
  });
  const check = JSON.parse(
    (await askCli(['inject', '--check', '-f', 'pg.yaml', '-o', 'json'], { cwd })).stdout,
  );
  assert.deepEqual(check.files, [{ name: 'pg.yaml', changed: true }]);
});

test('a bad fault on a template is shown with a caret, by line and column, and nothing comes out', async (t) => {
  const cwd = written(t, { 'pg.yaml': manifest.replace('disk latency 200ms', 'disk latensy 200ms') });
  const { code, stdout, stderr } = await askCli(['inject', '-f', 'pg.yaml'], { cwd });
  assert.deepEqual([code, stdout], [2, '']);
  assert.match(
    stderr,
    /^error: pg\.yaml:31:37 fault\.havock8s\.io\/slow-wal: the sentence has a problem\n {2}disk latensy .*\n {7}\^{7} .*"latency"/,
  );
});

test('a fault that would hit nothing is noted', async (t) => {
  const cwd = written(t, { 'pg.yaml': manifest.replace('on fsync in', 'volume logs in') });
  assert.match(
    (await askCli(['inject', '-f', 'pg.yaml'], { cwd })).stderr,
    /^note: StatefulSet\/shop-postgresql: .*volume logs is not served/m,
  );
});

test('the Pod Security of a Namespace among the manifests counts', async (t) => {
  const namespace =
    'apiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {pod-security.kubernetes.io/enforce: restricted}}\n';
  const cwd = written(t, { 'a.yaml': namespace, 'pg.yaml': manifest });
  assert.match((await askCli(['inject', '-f', '.'], { cwd })).stderr, /skipped .*Pod Security .*restricted/);
});

test('usage that makes no sense is refused', async () => {
  const lines: readonly (readonly [readonly string[], RegExp])[] = [
    [['inject'], /required option '-f, --filename/],
    [['inject', '-f', '-', '-w'], /stdin cannot be written back/],
    [['inject', '-f', 'a', '-w', '--diff'], /cannot be used with option/],
    [['inject', '-f', 'a', '-f', 'a'], /was named before/],
    [['uninject', '-f', 'nowhere.yaml'], /-f nowhere\.yaml: there is no such file/],
  ];
  for (const [args, says] of lines) {
    const { code, stdout, stderr } = await askCli(args);
    assert.deepEqual([code, stdout], [2, ''], args.join(' '));
    assert.match(stderr, says);
  }
  const { code } = errorOf(await askCli(['inject', '-f', 'nowhere.yaml', '-o', 'json']));
  assert.equal(code, 'bad-input');
});

test('whoever stops reading ends it quietly', async (t) => {
  const cwd = written(t, { 'pg.yaml': `${manifest}---\n`.repeat(100) });
  const { child, ended } = spawnCli(t, ['inject', '-f', 'pg.yaml'], { cwd });
  child.stdout?.destroy();
  await once(child, 'close');
  assert.doesNotMatch((await ended).stderr, /EPIPE|at .*\.js/);
});
