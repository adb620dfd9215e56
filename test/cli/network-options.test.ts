/** What of the network is judged before anything starts: exit code 2, every problem at once. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { type TestContext, test } from 'node:test';
import { needs } from '../needs.js';
import { portOf } from '../sidecar/network/ports.js';
import { askCli } from './ask-cli.js';
import { program, type Ran, spawnProgram } from './run-cli.js';

const table: readonly { readonly args: readonly string[]; readonly says: readonly RegExp[] }[] = [
  { args: ['--listen', '6432'], says: [/--listen 6432: expected \[HOST:\]PORT=HOST:PORT/] },
  { args: ['--listen', '70000=db:1'], says: [/"70000" is not a \[HOST:\]PORT with a port of 1 to 65535/] },
  {
    args: ['--listen', '64321=db:1', '--listen', '127.0.0.1:64321=db:2'],
    says: [/--listen 127\.0\.0\.1:64321: given twice/],
  },
  { args: ['--listen', '64321=127.0.0.1:64321'], says: [/would lead to itself/] },
  { args: ['--listen', '203.0.113.9:64321=db:1'], says: [/cannot listen there \(EADDRNOTAVAIL\)/] },
  { args: ['--inbound', '0'], says: [/"0" is not a port of 1 to 65535/] },
  {
    args: ['--inbound', '5432,x', '--outbound', '99999'],
    says: [/"x" is not a port/, /"99999" is not a port/],
  },
  {
    args: ['--inbound', '5432', '--node', '10.0.0.300'],
    says: [/--node 10\.0\.0\.300: "10\.0\.0\.300" is not an address/],
  },
  {
    args: ['--node', '10.0.0.1', '--listen', '64321=db:1'],
    says: [/--node: goes with --inbound or --outbound/],
  },
  {
    args: ['--listen', '64321=db:1', '--fault', 'x=tcp partition'],
    says: [/--fault x: tcp partition drops packets.*blackhole/],
  },
  {
    args: ['--listen', '64321=db:1', '--fault', 'x=tcp reset port 5432'],
    says: [/--fault x: port 5432 is not proxied here; proxied are 64321/],
  },
  {
    args: ['--listen', '64321=db:1', '--fault', 'x=disk freeze'],
    says: [/--fault x: disk freeze: there is no --disk/],
  },
  {
    args: ['--listen', '64321=db:1', '--fault', 'x=tcp latency 1s from app=web'],
    says: [/app=web: labels are resolved by the controller/],
  },
  {
    args: ['--listen', '64321=db:1', '--fault', 'x=tcp latency 1s from 10.0.0.300'],
    says: [/not an IP address/],
  },
  {
    args: ['--listen', '64321=db:1', '--fault', 'x=tcp latency 1s with pg-1 from pg-2'],
    says: [/from contradicts with/],
  },
];

for (const { args, says } of table) {
  test(`havock8s local ${args.join(' ')} says what is wrong`, async () => {
    const { code, stderr } = await askCli(['local', ...args, '--', 'true']);
    assert.equal(code, 2, stderr);
    for (const due of says) assert.match(stderr, due);
  });
}

test('a port that is taken is a problem of the command line', async () => {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { code, stderr } = await askCli(['local', '--listen', `${portOf(server)}=127.0.0.1:1`, '--', 'true']);
  assert.equal(code, 2);
  assert.match(stderr, /something else listens there/);
  server.close();
});

test('without CAP_NET_ADMIN nothing is intercepted, and the way out is said', {
  skip: needs('root', 'setpriv'),
}, async (t) => {
  const { code, stderr } = await interceptThrough(
    t,
    'setpriv',
    '--bounding-set',
    '-net_admin',
    '--inh-caps',
    '-net_admin',
  );
  assert.equal(code, 2);
  assert.match(stderr, /--inbound: needs CAP_NET_ADMIN in this network namespace; --listen needs nothing/);
});

test('without nft the error names the package, and nothing is left', {
  skip: needs('root', 'network'),
}, async (t) => {
  const hidden = 'mount -t tmpfs none /usr/sbin && exec "$@"';
  const { code, stderr } = await interceptThrough(t, 'unshare', '--mount', '--net', 'sh', '-c', hidden, 'sh');
  assert.equal(code, 1, stderr);
  assert.match(stderr, /nft is missing: install nftables/);
});

/** Runs it behind a command that takes something away from it. */
const interceptThrough = (t: TestContext, ...through: readonly string[]): Promise<Ran> =>
  spawnProgram(t, [...through, process.execPath, program, 'local', '--inbound', '5432', '--', 'true']).ended;
