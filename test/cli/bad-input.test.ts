/** The command line is judged before anything starts: exit code 2, every problem at once, nothing left behind. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { askCli } from './ask-cli.js';
import { errorOf, runCli } from './run-cli.js';
import { temporaryFolders } from './temporary-folders.js';

const table: readonly { readonly args: readonly string[]; readonly says: readonly RegExp[] }[] = [
  { args: ['frobnicate'], says: [/unknown command 'frobnicate'/, /--help/] },
  { args: ['lss'], says: [/Did you mean .*ls/i] },
  { args: ['ls', '--nonsense'], says: [/unknown option '--nonsense'/] },
  { args: ['ls', '-o', 'yaml'], says: [/Allowed choices are text, json/] },
  { args: ['ls', '--control', 'nowhere'], says: [/--control: "nowhere" is not an address/] },
  { args: ['ls', '--control', 'https://127.0.0.1:1'], says: [/not an address; expected HOST:PORT/] },
  { args: ['ls', '--control', '127.0.0.1:70000'], says: [/not an address; expected HOST:PORT/] },
  { args: ['explain'], says: [/missing required argument 'sentence'/] },
  { args: ['explain', ''], says: [/expected a sentence/] },
  { args: ['explain', 'disk', 'latensy', '1s'], says: [/ {2}disk latensy 1s\n {7}\^{7} .*"latency"/] },
  { args: ['arm', 'slow'], says: [/missing required argument 'sentence'/] },
  { args: ['arm', 'not a name', 'disk freeze'], says: [/NAME: "not a name"/] },
  { args: ['arm', 'slow', 'disk', 'freez'], says: [/\^{5} .*"freeze"/] },
  { args: ['disarm'], says: [/either the name of a fault, or --all/] },
  { args: ['disarm', 'slow', '--all'], says: [/either the name of a fault, or --all/] },
  { args: ['effects', 'latensy'], says: [/did you mean "latency"\?/] },
  {
    args: ['local'],
    says: [/expected something to fault: --disk \[NAME:\]BACKING=MOUNT/, /--listen \[HOST:\]PORT=HOST:PORT/],
  },
  { args: ['local', '--disk', 'real'], says: [/expected \[NAME:\]BACKING=MOUNT/] },
  { args: ['local', '--disk', 'gone=disk'], says: [/gone: BACKING does not exist/] },
  { args: ['local', '--disk', 'real=file'], says: [/file: MOUNT is not a directory/] },
  { args: ['local', '--disk', 'real=real'], says: [/not empty|overlaps/] },
  {
    args: ['local', '--disk', 'real=disk', '--fault', 'slow'],
    says: [/--fault slow: the sentence has a problem/],
  },
  { args: ['local', '--disk', 'real=disk', '--fault', 'a b=disk freeze'], says: [/expected NAME=SENTENCE/] },
  { args: ['local', '--disk', 'real=disk', '--fault', 'x=disk freez'], says: [/\^{5} .*"freeze"/] },
  {
    args: ['local', '--disk', 'real=disk', '--fault', 'x=disk freeze', '--fault', 'x=disk readonly'],
    says: [/--fault x: given twice/],
  },
  {
    args: ['local', '--disk', 'real=disk', '--fault', 'x=disk freeze volume dta'],
    says: [/no --disk is called "dta"; there is disk/],
  },
  {
    args: ['local', '--disk', 'real=disk', '--fault', 'x=tcp latency 1s'],
    says: [/tcp latency: there is no --listen, --inbound or --outbound/],
  },
  { args: ['local', '--disk', 'real=disk', '--control', '7070'], says: [/expected HOST:PORT/] },
  { args: ['local', '--disk', 'real=disk', '--control', '10.0.0.1:7070'], says: [/only the loopback/] },
  { args: ['local', '--disk', 'real=disk', '--control', '127.0.0.1:99999'], says: [/expected HOST:PORT/] },
  {
    args: ['local', '--disk', 'real=disk', '--user', 'no-such-user'],
    says: [/there is no user "no-such-user"/],
  },
  { args: ['local', '--disk', 'real=disk', '--seed', '-1'], says: [/--seed/] },
  {
    args: ['local', '--disk', 'real=disk', '--seed', '4294967296'],
    says: [/--seed 4294967296: expected a whole number/],
  },
  {
    args: ['local', '--disk', 'real=disk', '--annotations', 'real'],
    says: [/is a directory; expected a file/],
  },
  { args: ['local', '--disk', 'real=disk', '--annotations', 'gone/faults'], says: [/there is no directory/] },
  {
    args: ['local', '--disk', 'real=disk', '--annotations', 'disk/faults'],
    says: [/must not be on a disk that is faulted/],
  },
  { args: ['local', '--disk', 'real=disk', '--state', 'file'], says: [/is not a directory/] },
  {
    args: ['local', '--disk', 'real=disk', '--state', 'real/state'],
    says: [/must not be on a disk that is faulted/],
  },
  {
    args: [
      'local',
      '--disk',
      'gone=disk',
      '--user',
      'no-such-user',
      '--fault',
      'x=disk freez',
      '--seed',
      'x',
    ],
    says: [/gone: BACKING/, /no user/, /\^{5}/, /--seed x/],
  },
];

for (const { args, says } of table) {
  test(`havock8s ${args.join(' ')}: exit code 2, and says why`, async (t) => {
    const cwd = temporaryFolders(t, 'real/inner', 'disk');
    writeFileSync(join(cwd, 'file'), '');
    const { code, stdout, stderr } = await askCli(args, { cwd });
    assert.equal(code, 2, stderr);
    assert.equal(stdout, '');
    for (const pattern of says) assert.match(stderr, pattern);
    assert.ok(!/ {4}at /.test(stderr) && !stderr.includes('\u001b'), 'neither a stack nor a colour');
  });
}

test('problems come as JSON where JSON is asked for, with the columns of a sentence', async () => {
  const ran = await askCli(['explain', 'disk latensy 1s', '-o', 'json']);
  assert.equal(ran.code, 2);
  const { code, problems } = errorOf(ran);
  assert.equal(code, 'bad-input');
  assert.equal(problems?.length, 1);
  assert.match(JSON.stringify(problems), /"column":6,/);
});

test('a wrong option is told as JSON too', async (t) => {
  const ran = await runCli(t, ['ls', '--nonsense', '-o', 'json']);
  assert.equal(ran.code, 2);
  assert.deepEqual(errorOf(ran), { code: 'bad-usage', message: "unknown option '--nonsense'" });
});

test('a port that is taken is refused before anything starts', async (t) => {
  const cwd = temporaryFolders(t, 'real', 'disk');
  const server = createServer().listen(0, '127.0.0.1');
  t.after(() => server.close());
  await once(server, 'listening');
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  const control = `127.0.0.1:${address.port}`;
  const { code, stderr } = await runCli(t, ['local', '--disk', 'real=disk', '--control', control], { cwd });
  assert.equal(code, 2);
  assert.match(stderr, /something else listens there/);
});

test('a command that is not there is 127, one that may not be executed 126, as a shell has it', async (t) => {
  const cwd = temporaryFolders(t, 'real', 'disk');
  mkdirSync(join(cwd, 'bin'));
  writeFileSync(join(cwd, 'bin', 'plain'), 'text');
  chmodSync(join(cwd, 'bin', 'plain'), 0o644);
  const local = (command: string) => runCli(t, ['local', '--disk', 'real=disk', '--', command], { cwd });
  const missing = await local('no-such-command');
  assert.equal(missing.code, 127);
  assert.match(missing.stderr, /COMMAND no-such-command is not to be found/);
  const plain = await local('bin/plain');
  assert.equal(plain.code, 126);
  assert.match(plain.stderr, /may not be executed/);
});
