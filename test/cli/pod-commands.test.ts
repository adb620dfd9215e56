/** The commands of a pod's containers judge their command line before they become anything: exit code 2. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { needs } from '../needs.js';
import { program, runCli, spawnProgram } from './run-cli.js';
import { temporaryFolders } from './temporary-folders.js';

const tooMany = Array.from({ length: 32 }, (_, i) => `--volume=v${i}`);

const table: readonly { readonly args: readonly string[]; readonly says: readonly RegExp[] }[] = [
  { args: ['mount'], says: [/mount: expected a volume: --volume NAME\[:ro\]/] },
  { args: ['mount', '--volume=../etc'], says: [/--volume \.\.\/etc: expected NAME\[:ro\]/] },
  { args: ['mount', '--volume='], says: [/--volume : expected NAME\[:ro\]/] },
  { args: ['mount', '--volume=data:rw'], says: [/--volume data:rw: expected/] },
  { args: ['mount', '--volume=data', '--volume=data:ro'], says: [/--volume data:ro: given twice/] },
  { args: ['mount', ...tooMany], says: [/32 volumes, and at most 31 are served/] },
  { args: ['mount', '--volume=data', '--inbound=1'], says: [/unknown option '--inbound=1'/] },
  { args: ['faults'], says: [/expected something to fault: --volume NAME\[:ro\], --inbound/] },
  { args: ['faults', '--inbound=', '--outbound='], says: [/expected something to fault/] },
  {
    args: ['faults', '--volume=a b', '--inbound=0,x', '--node=$(HAVOCK8S_HOST_IPS)', '--seed=-1'],
    says: [
      /--volume a b: expected/,
      /"0" is not a port of 1 to 65535/,
      /"x" is not a port/,
      /--node .*is not an address/,
      /--seed -1: expected a whole number/,
    ],
  },
  {
    args: ['faults', '--inbound=5432,7807', '--read-only-port=7807', '--pod=shop/pg-0'],
    says: [
      /--read-only-port 7807: is a port of --inbound; expected one that the app does not listen on/,
      /--pod shop\/pg-0: expected NAMESPACE\/NAME\/UID/,
    ],
  },
  {
    args: ['faults', '--inbound=1', '--read-only-port=7807,7808'],
    says: [/--read-only-port 7807,7808: "7807,7808" is not a port of 1 to 65535/],
  },
  {
    args: ['faults', '--inbound=1', '--log-level=loud'],
    says: [/Allowed choices are debug, info, warn, error/],
  },
];

for (const { args, says } of table) {
  test(`havock8s ${args.join(' ').slice(0, 60)} says what is wrong`, async (t) => {
    const { code, stdout, stderr } = await runCli(t, args);
    assert.equal(code, 2, stderr);
    assert.equal(stdout, '');
    for (const due of says) assert.match(stderr, due);
  });
}

test('without NET_ADMIN no connection is taken, and the way out is said', {
  skip: needs('root', 'setpriv'),
}, async (t) => {
  const { code, stderr } = await spawnProgram(t, [
    ...['setpriv', '--bounding-set', '-net_admin', '--inh-caps', '-net_admin'],
    ...[process.execPath, program, 'faults', '--inbound=5432'],
  ]).ended;
  assert.equal(code, 2);
  assert.match(stderr, /--inbound: needs CAP_NET_ADMIN: add NET_ADMIN to the capabilities of the container/);
});

test('a disk that is not there is an error of its own, in the log, and nothing is left', async (t) => {
  const root = temporaryFolders(t, 'run', 'backing', 'pod');
  const { code, stdout } = await runCli(t, ['faults', '--volume=data', '--root', root]);
  assert.equal(code, 1);
  const { level, code: reason, msg } = JSON.parse(stdout);
  assert.deepEqual([level, reason], [60, 'disk.backing-unusable']);
  assert.match(msg, /cannot open .*backing\/data: ENOENT/);
  assert.equal(existsSync(join(root, 'run', 'serving')), false);
});
