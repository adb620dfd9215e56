/** The script for `nft -f`: what it says, and that nft takes it. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { compileTcp, type KnownPeers } from '../../../../faults/compile-tcp.js';
import { isForKernel } from '../../../../sidecar/tcp/netfilter/fault-rules.js';
import { rulesetOf } from '../../../../sidecar/tcp/netfilter/ruleset.js';
import { armedFaultsOf } from '../../../faults/armed-faults-of.js';
import { needs } from '../../../needs.js';

const interception = {
  inboundPorts: [5432, 6379],
  outboundPorts: [9000],
  nodeAddresses: [],
  readOnlyPort: 7807,
  tproxyListeners: [
    { fd: 4, family: 'ipv4', kind: 'inbound', port: 40_001 },
    { fd: 5, family: 'ipv6', kind: 'inbound', port: 40_002 },
    { fd: 6, family: 'ipv4', kind: 'outbound', port: 40_003 },
    { fd: 7, family: 'ipv6', kind: 'outbound', port: 40_004 },
  ],
} as const;

const known: KnownPeers = {
  names: new Map([
    ['pg-1', [{ bytes: [10, 0, 0, 7], bits: 32 }]],
    ['pg-9', []],
  ]),
  node: [{ bytes: [10, 0, 0, 1], bits: 32 }],
};

/** Every fault ends a second after `nowMs`, as `planOf` has it. */
const scriptOf = (...sentences: readonly string[]): string => {
  const faults = compileTcp(armedFaultsOf(...sentences).faults, known).filter(isForKernel);
  const numbered = faults.map((fault, index) => ({ fault, serial: index + 1 }));
  return rulesetOf({
    interception,
    known,
    faults: numbered,
    nowMs: 0,
    retired: [],
    hasHooks: false,
    isFresh: true,
    seesListeners: true,
  }).script;
};

const linesOf = (script: string, pattern: RegExp): readonly string[] =>
  script.split('\n').filter((line) => pattern.test(line));

test('with no fault the table only leads connections to us', () => {
  const script = scriptOf();
  assert.deepEqual(linesOf(script, /drop|reject/), []);
  assert.equal(linesOf(script, /tproxy/).length, 4);
  assert.deepEqual(linesOf(script, /add rule inet havock8s arriving .*dport/), [
    'add rule inet havock8s arriving iif != "lo" meta l4proto tcp tcp dport { 5432, 6379 } fib daddr type local socket transparent { 0, 1 } ct mark set ct mark | 805306368',
  ]);
});

test('every line is about our table, and no other', () => {
  const script = scriptOf('tcp partition with pg-1', 'tcp loss 5%', 'tcp refuse');
  for (const line of script.trim().split('\n')) {
    assert.match(line, /^(add|delete|flush) (table|set|element|chain|rule|counter) inet havock8s\b/);
  }
});

test('partition from a name drops what its addresses send, and spares the node', () => {
  const script = scriptOf('tcp partition from pg-1,10.0.0.0/24');
  assert.deepEqual(linesOf(script, /add element .*fault/), [
    'add element inet havock8s fault-1-from-ipv4 { 10.0.0.0/24 timeout 1000ms }',
  ]);
  assert.deepEqual(linesOf(script, /faults-(arriving|departing|opening) ip saddr/), [
    'add rule inet havock8s faults-arriving ip saddr @fault-1-from-ipv4 ip saddr @node-ipv4 counter name fault-1-exempted',
    'add rule inet havock8s faults-arriving ip saddr @fault-1-from-ipv4 ip saddr != @node-ipv4 jump fault-1',
  ]);
  assert.deepEqual(linesOf(script, /add rule inet havock8s fault-1 /), [
    'add rule inet havock8s fault-1 counter name fault-1-matched',
    'add rule inet havock8s fault-1 counter name fault-1-injected drop',
  ]);
  assert.deepEqual(linesOf(script, /departing ip daddr/), []);
});

test('partition to a peer drops what is sent to it, and nothing that comes', () => {
  const script = scriptOf('tcp partition to fd00::/8');
  assert.deepEqual(linesOf(script, /arriving ip6? saddr @fault/), []);
  assert.equal(linesOf(script, /departing ip6 daddr @fault-1-to-ipv6/).length, 2);
  assert.deepEqual(linesOf(script, /add element/), [
    'add element inet havock8s node-ipv4 { 10.0.0.1/32 }',
    'add element inet havock8s fault-1-to-ipv6 { fd00::/8 timeout 1000ms }',
  ]);
});

test('whatever is cut off, the read-only port is not: it comes before every fault', () => {
  const script = scriptOf('tcp partition with node,0.0.0.0/0', 'tcp loss 100%', 'tcp refuse');
  for (const [hook, rule] of [
    ['arriving', 'tcp dport 7807 fib daddr type local accept'],
    ['departing', 'tcp sport 7807 accept'],
    ['opening', 'tcp sport 7807 accept'],
  ]) {
    const lines = linesOf(script, new RegExp(`add rule inet havock8s faults-${hook} `));
    const at = lines.findIndex((line) => line.endsWith(` ${rule}`));
    const first = lines.findIndex((line) => /jump|drop|reject/.test(line));
    assert.ok(at >= 0 && (first === -1 || at < first), `${hook}: ${at}, ${first}`);
  }
});

test('a name without an address makes an empty set, which matches nothing', () => {
  const script = scriptOf('tcp partition from pg-9');
  assert.deepEqual(linesOf(script, /add element .*fault/), []);
  assert.equal(linesOf(script, /add set .*fault-1-from/).length, 2);
});

test('a sentence that says node spares nobody', () => {
  const script = scriptOf('tcp partition from node');
  assert.deepEqual(
    linesOf(script, /exempted$/).filter((line) => line.startsWith('add rule')),
    [],
  );
  assert.match(script, /fault-1-from-ipv4 \{ 10\.0\.0\.1\/32 timeout/);
});

test('loss rolls the kernel`s dice, of both families and ways', () => {
  const script = scriptOf('tcp loss 2.5%');
  assert.match(script, /numgen random mod 1000000 >= 25000 return/);
  assert.equal(linesOf(script, /jump fault-1$/).length, 4);
});

test('refuse answers the first packet with a reset, in from peers and out to them, of proxied ports alone', () => {
  const script = scriptOf('tcp refuse port 6379,9000 every 3rd chance 50%');
  assert.deepEqual(linesOf(script, /arriving ip saddr .*jump/), [
    'add rule inet havock8s faults-arriving ip saddr @fault-1-from-ipv4 tcp flags & (syn | ack) == syn tcp dport { 6379 } ip saddr != @node-ipv4 jump fault-1',
  ]);
  assert.match(
    script,
    /faults-opening ip daddr @fault-1-to-ipv4 .*meta mark & 805306368 != 536870912 tcp dport \{ 9000 \}/,
  );
  assert.deepEqual(linesOf(script, /havock8s fault-1 (numgen|counter name fault-1-injected)/), [
    'add rule inet havock8s fault-1 numgen inc mod 3 != 2 return',
    'add rule inet havock8s fault-1 numgen random mod 1000000 >= 500000 return',
    'add rule inet havock8s fault-1 counter name fault-1-injected reject with tcp reset',
  ]);
});

test('what counts connections by number is not the kernel`s', () => {
  const faults = compileTcp(
    armedFaultsOf('tcp refuse once', 'tcp refuse skip 3', 'tcp latency 1s').faults,
    known,
  );
  assert.deepEqual(faults.filter(isForKernel), []);
});

test('a fault that has ended leaves with its chain, its sets and its counters', () => {
  const retired = [{ serial: 7, sets: ['fault-7-from-ipv4'] }];
  const { script } = rulesetOf({
    interception,
    known,
    faults: [],
    nowMs: 0,
    retired,
    hasHooks: true,
    isFresh: false,
    seesListeners: true,
  });
  assert.deepEqual(linesOf(script, /^delete/), [
    'delete chain inet havock8s fault-7',
    'delete set inet havock8s fault-7-from-ipv4',
    'delete counter inet havock8s fault-7-matched',
    'delete counter inet havock8s fault-7-injected',
    'delete counter inet havock8s fault-7-exempted',
    ...['arriving', 'departing', 'opening'].map((hook) => `delete chain inet havock8s faults-${hook}`),
  ]);
});

for (const sentences of [
  [],
  ['tcp partition with pg-1,10.0.0.0/8,10.0.0.0/24,fd00::1 port 5432,80', 'tcp loss 0.0001%'],
  ['tcp refuse from 10.0.0.0/8', 'tcp refuse chance 1%', 'tcp partition from node', 'tcp partition to pg-9'],
]) {
  test(`nft takes the table of: ${sentences.join('; ') || 'no fault'}`, {
    skip: needs('network', 'root'),
  }, () => {
    const path = `${process.env['PATH']}:/usr/sbin`;
    const checked = spawnSync('unshare', ['--net', 'nft', '--check', '--file', '-'], {
      input: scriptOf(...sentences),
      encoding: 'utf8',
      env: { ...process.env, PATH: path },
    });
    assert.equal(checked.status, 0, checked.stderr);
  });
}
