/** Which place a command line means, and what is refused before anything is asked. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { calledAs } from '../../../cli/cluster/cluster-flags.js';
import { askCli } from '../ask-cli.js';
import { errorOf, type Ran } from '../run-cli.js';

const nowhere = { KUBECONFIG: 'no-such-kubeconfig', HAVOCK8S_CONTROL: '127.0.0.1:1' };
const ask = (args: readonly string[]): Promise<Ran> => askCli([...args, '-o', 'json'], { env: nowhere });

test('a plugin of kubectl is known by its name, wherever it lies', () => {
  const names = ['kubectl-havock8s', '/usr/local/bin/kubectl-havock8s', 'C/kubectl-havock8s.exe'];
  for (const name of names) assert.equal(calledAs(name), 'kubectl havock8s', name);
  for (const name of ['havock8s', 'main.js', '', 'kubectl-havock8s/main.js'])
    assert.equal(calledAs(name), 'havock8s', name);
});

const inCluster: readonly (readonly string[])[] = [
  ['ls', '-n', 'shop'],
  ['ls', '-A'],
  ['ls', '-l', 'app=pg'],
  ['ls', '--context', 'a'],
  ['watch', '-A'],
  ['status', '-A'],
  ['stop', '--all', '--reason', 'pager'],
  ['stop', 'nightly', '--reason', 'pager', '-n', 'shop'],
  ['release'],
  ['arm', 'pg-0', 'disk freeze', '--name', 'slow'],
  ['arm', 'pg-0', 'disk freeze', '--name', 'slow', '-n', 'shop'],
  ['disarm', 'pg-0', 'slow'],
  ['disarm', 'pg-0', '--all', '-n', 'shop'],
];
for (const args of inCluster) {
  test(`havock8s ${args.join(' ')} is about a cluster`, async () => {
    const ran = await ask(args);
    assert.deepEqual([ran.code, errorOf(ran).code], [1, 'kube.config'], ran.stderr);
  });
}

const here: readonly (readonly string[])[] = [
  ['ls'],
  ['status'],
  ['watch'],
  ['arm', 'slow', 'disk freeze'],
  ['disarm', 'slow'],
  ['disarm', '--all'],
];
for (const args of here) {
  test(`havock8s ${args.join(' ')} is about the sidecar here`, async () => {
    const ran = await ask(args);
    assert.deepEqual([ran.code, errorOf(ran).code], [1, 'control.unreachable'], ran.stderr);
  });
}

const refused: readonly (readonly [args: readonly string[], says: RegExp, count: number])[] = [
  [['ls', '--control', '127.0.0.1:1', '-A', '-l', 'a=b'], /expected one of the two/, 2],
  [['ls', '-n', 'shop', '-A'], /does not go with --all-namespaces/, 1],
  [['arm', 'pg-0', 'disk freeze', '-n', 'shop'], /expected what the fault is called/, 1],
  [['arm', 'pg-0', 'disk freze', '--name', '-bad-'], /cannot be one.*the sentence has a problem/, 2],
  [['disarm', '-n', 'shop'], /expected a pod/, 1],
  [['stop'], /either the name of an experiment, or --all.*expected why/, 2],
  [['stop', 'a', '--all', '--reason', ' '], /either the name of an experiment, or --all.*expected why/, 2],
  [['stop', '--all', '--reason', 'x'.repeat(513), '-n', 'shop'], /does not go with --all.*at most 512/, 2],
  [['disarm', 'pg-0', '-n', 'shop'], /either the name of a fault, or --all/, 1],
  [['disarm', 'pg-0', 'slow', '--all'], /either the name of a fault, or --all/, 1],
];
for (const [args, says, count] of refused) {
  test(`havock8s ${args.join(' ')} is bad input`, async () => {
    const ran = await ask(args);
    assert.equal(ran.code, 2, ran.stderr);
    const { code, problems = [] } = errorOf(ran);
    assert.deepEqual([code, problems.length], ['bad-input', count]);
    assert.match(ran.stderr, says);
  });
}

test('the help of each says which place is meant', async () => {
  for (const command of ['arm', 'disarm', 'ls', 'watch', 'status']) {
    const { stdout } = await askCli([command, '--help']);
    assert.match(stdout, /Which place is meant: with -n, -A, -l/, command);
  }
});
