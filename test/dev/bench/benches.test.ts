import assert from 'node:assert/strict';
import { test } from 'node:test';
import { metricsOf } from '../../../dev/bench/benchmark.js';
import { diskBench } from '../../../dev/bench/disk/disk-bench.js';
import { readOptions } from '../../../dev/bench/options.js';
import { startFacts } from '../../../dev/bench/tcp/havock8s.js';
import { listeningPorts } from '../../../dev/bench/tcp/network.js';
import { proxyPorts, serverPorts, targetNames } from '../../../dev/bench/tcp/target.js';
import { tcpBench } from '../../../dev/bench/tcp/tcp-bench.js';
import { coresOf } from '../../../dev/bench/webhook/cores.js';
import { annotatedReviewOf, reviewOf } from '../../../dev/bench/webhook/reviews.js';
import { webhookBench } from '../../../dev/bench/webhook/webhook-bench.js';

for (const { name, benchmarks, targets } of [diskBench, tcpBench, webhookBench]) {
  test(`bench:${name}: every metric has a name of its own, and goals and benchmarks name its targets`, () => {
    const metrics = benchmarks.flatMap(metricsOf);
    assert.equal(new Set(metrics.map((metric) => metric.name)).size, metrics.length);
    const against = metrics.flatMap(({ goals = [] }) =>
      goals.flatMap((goal) => [...goal.of, goal.kind === 'ratio' ? goal.against : goal.of[0]!]),
    );
    for (const target of [...against, ...benchmarks.flatMap((one) => one.targets ?? [])])
      assert.ok(targets.includes(target), target);
  });
}

const menu = {
  name: 'net',
  benchmarks: [{ name: 'bulk' }, { name: 'requests' }, { name: 'memory' }],
  targets: ['theirs', 'ours'],
  rounds: 5,
};

test('options choose benchmarks and targets by name, in the order of the bench', () => {
  const { benchmarks, targets, rounds } = readOptions(['--only', 'memory,bulk', '--targets', 'ours'], menu);
  assert.deepEqual(benchmarks, [{ name: 'bulk' }, { name: 'memory' }]);
  assert.deepEqual(targets, ['ours']);
  assert.equal(rounds, 5);
});

test('a quick bench is of one round, unless more are asked for', () => {
  assert.equal(readOptions(['--quick'], menu).rounds, 1);
  assert.equal(readOptions(['--quick', '--rounds', '2'], menu).rounds, 2);
});

test('an unknown benchmark, target, option or number of rounds is refused with the usage', () => {
  for (const args of [
    ['--only', 'reading'],
    ['--targets', 'nobody'],
    ['--rounds', '0'],
    ['--rounds', 'x'],
    ['--fast'],
  ]) {
    assert.throws(() => readOptions(args, menu), { code: 'bench.usage', message: /npm run bench:net/ });
  }
});

test('no proxy listens where another or a server does, nor where clients get their ports', () => {
  const ports = [serverPorts, ...targetNames.slice(1).map(proxyPorts)].flatMap((own) => Object.values(own));
  assert.equal(new Set(ports).size, targetNames.length * 3);
  assert.ok(Math.max(...ports) < 32_768);
});

test('a port is listened at when the kernel says so, by IPv4 or IPv6, not when it is only connected', () => {
  const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000:18EB 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 21 1
   1: 0100007F:1451 0100007F:D431 01 00000000:00000000 00:00000000 00000000     0        0 22 1
  10: 00000000000000000000000000000000:1F90 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000
`;
  assert.deepEqual(listeningPorts(table), [6379, 8080]);
});

test('what ours says once it serves is found among its other lines', () => {
  const started = { kind: 'started', control: 'http://127.0.0.1:34567/', pids: { holder: 4, faultProxy: 7 } };
  const lines = ['havock8s: a line for people', '{"level":30}', 'null', JSON.stringify(started)];
  assert.deepEqual(startFacts(lines), { control: '127.0.0.1:34567', faultProxyPid: 7 });
  assert.equal(startFacts(lines.slice(0, 3)), null);
});

test('the cores that a process may run on are read from ranges and single numbers', () => {
  assert.deepEqual(coresOf('Name:\tnode\nCpus_allowed_list:\t0-2,5\nMems_allowed_list:\t0\n'), [0, 1, 2, 5]);
  assert.deepEqual(coresOf('Cpus_allowed_list:\t3\n'), [3]);
  assert.deepEqual(coresOf(''), []);
});

test('reviews weigh what the bench says they do', () => {
  const kibibytes = (review: Buffer): number => review.length / 1024;
  assert.ok(Math.abs(kibibytes(reviewOf('usual')) - 12) < 1, String(kibibytes(reviewOf('usual'))));
  assert.ok(Math.abs(kibibytes(reviewOf('large')) - 300) < 10, String(kibibytes(reviewOf('large'))));
  assert.ok(Math.abs(kibibytes(annotatedReviewOf('usual')) - 24) < 3);
});
