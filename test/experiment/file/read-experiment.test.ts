import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readExperiment } from '../../../experiment/file/read-experiment.js';
import { readExperimentValue } from '../../../experiment/file/read-experiment-value.js';

const head = `apiVersion: havock8s.io/v1alpha1
kind: Experiment
metadata: { name: a }
spec:
`;

/** `LINE:COLUMN message`, the lines counted from `spec:` on. */
function problemsOf(spec: string): readonly string[] {
  const reading = readExperiment(head + spec);
  assert.equal(reading.kind, 'problems', 'it was read without a problem');
  return reading.kind === 'problems'
    ? reading.problems.map(({ line, column, message }) => `${line - 4}:${column} ${message}`)
    : [];
}

test('every problem is told at once, each with its place and a way out', () => {
  assert.deepEqual(
    problemsOf(`  hypothesys: {}
  hypothesis:
    probes:
      - { name: page, http: { url: ftp://x }, interval: 1 }
  steps:
    - { name: slow, fault: disk latensy 2s on fsync for 5s }
    - { fault: disk freeze }
    - { wait: { for: 5 minutes } }
  timeLimit: 30d
`),
    [
      '1:15 spec has no field "hypothesys"; did you mean "hypothesis"?',
      '4:36 spec.hypothesis.probes[0].http.url is "ftp://x"; expected a URL such as http://127.0.0.1:8080/health',
      '4:57 spec.hypothesis.probes[0].interval is 1; expected a duration such as 200ms',
      '6:28 spec.steps[0].fault: column 6: "latensy" is not an effect; did you mean "latency"?',
      '7:16 spec.steps[1].fault: in an experiment a fault says how long it lasts; add "for 30s"',
      '8:22 spec.steps[2].wait.for: not a duration; expected one such as 200ms or 1m30s',
      '9:14 spec.timeLimit: out of range: from 1s to 7d is allowed; did you mean "7d"?',
    ],
  );
});

test('a step and a probe do one thing', () => {
  assert.deepEqual(
    problemsOf(`  hypothesis:
    probes:
      - { name: p }
  steps:
    - { name: empty }
    - { wait: { for: 1s }, kill: { process: command } }
    - { parallel: [{ parallel: [{ parallel: [{ parallel: [{ wait: { for: 1s } }] }] }] }] }
`).map((problem) => problem.replace(/; expected one of .*/, '')),
    [
      '3:9 spec.hypothesis.probes[0]: does not say what it measures',
      '5:7 spec.steps[0]: does not say what it does',
      '6:15 spec.steps[1].wait: beside kill',
      '7:46 spec.steps[2].parallel[0].parallel[0].parallel[0]: does not say what it does',
      '7:58 spec.steps[2].parallel[0].parallel[0].parallel[0] has no field "parallel"; known are name, target, after, timeLimit, fault, kill, delete, restart, scale, node, wait, probe, ramp',
    ],
  );
});

test('a condition is checked before anything runs: its names, its types, its form', () => {
  const of = (condition: string): string =>
    problemsOf(`  hypothesis:
    probes:
      - name: p
        http: { url: 'http://127.0.0.1/' }
        condition: ${JSON.stringify(condition)}
  steps: [{ wait: { for: 1s } }]
`).join('\n');
  assert.match(
    of('statu == 200'),
    /5:20 spec.hypothesis.probes\[0\].condition: unknown name statu; did you mean status\?/,
  );
  assert.match(of('status == "200"'), /no such overload: int == string/);
  assert.match(of('status = 200'), /Unexpected character: =/);
  assert.match(of('status + 1'), /gives int, not true or false/);
});

test('a tolerance has the words of its phase, and one of another phase is refused with the reason', () => {
  const why = 'while faults are on, failures and consecutive say what is tolerated';
  assert.deepEqual(
    problemsOf(`  hypothesis:
    probes:
      - name: p
        tcp: { address: '127.0.0.1:1' }
        tolerance:
          before: { successes: 0 }
          during: { stableFor: 3s, successes: 2 }
          after: { failure: 1 }
  steps: [{ wait: { for: 1s } }]
`).map((problem) => problem.replaceAll('spec.hypothesis.probes[0].tolerance.', '')),
    [
      '6:32 before.successes is 0; expected a whole number of successes one after another, at least 1',
      `7:32 during.stableFor is "3s"; expected stableFor in before or after alone: ${why}`,
      `7:47 during.successes is 2; expected successes in before or after alone: ${why}`,
      '8:29 after has no field "failure"; did you mean "failures"?',
    ],
  );
});

test('a probe of the ledger needs one, that writes', () => {
  const probes = `  hypothesis: { probes: [{ name: p, ledger: {} }] }
  steps: [{ parallel: [{ probe: { ledger: {}, condition: acknowledged > 10 } }] }]
`;
  assert.deepEqual(problemsOf(probes), [
    '1:45 asks a ledger, and the experiment keeps none; expected spec.ledger',
    '2:43 asks a ledger, and the experiment keeps none; expected spec.ledger',
  ]);
  assert.deepEqual(
    problemsOf(`${probes}  ledger: { redis: { url: 'redis://127.0.0.1' } }
  finally: { steps: [{ probe: { ledger: {} } }] }
  recovery: { replication: { ledger: {} } }
`),
    [
      '4:41 the ledger has ended, and is read back, before finally; expected a probe of steps or of the hypothesis',
      '5:38 a ledger does not know who follows the database; expected a probe that asks the database',
    ],
  );
});

test('a crash before the data is read back needs a command that is started again', () => {
  const spec = (restart: string): string => `  local: { restart: ${restart} }
  ledger: { redis: { url: 'redis://127.0.0.1' }, crashBeforeReadBack: true }
  steps: [{ wait: { for: 1s } }]
`;
  assert.deepEqual(problemsOf(spec('never')), [
    '2:71 the command is killed, and not started again, so that nothing could be read back; expected spec.local.restart: onFailure',
  ]);
  assert.equal(readExperiment(head + spec('onFailure')).kind, 'experiment');
});

test('a ledger beside the application is of a cluster, names no database, and knows where to read back', () => {
  const targets = '  targets: [{ name: db, workload: { kind: StatefulSet, name: db } }]\n';
  const spec = (ledger: string): string => `  ledger: { statefulSet: { name: kept }${ledger} }
  steps: [{ wait: { for: 1s } }]
`;
  const reading = readExperiment(head + targets + spec(', writers: 2'));
  assert.ok(reading.kind === 'experiment');
  assert.deepEqual(reading.experiment.spec.ledger, {
    ...{ kind: 'statefulSet', statefulSet: 'kept', writers: 2, readers: 1 },
    ...{ operationTimeoutMs: 5000, crashBeforeReadBack: false },
  });
  assert.deepEqual(problemsOf(spec('')), [
    '1:26 is a ledger of a cluster, and the experiment names no pods; expected spec.targets, or a database',
  ]);
  assert.deepEqual(problemsOf(targets + spec(`, redis: { url: 'redis://db' }`)), [
    '2:26 spec.ledger.statefulSet: beside redis; expected one of postgres, mysql, redis, etcd, statefulSet',
  ]);
  assert.deepEqual(problemsOf(targets + spec(`, readBackFrom: ['redis://db'], crashBeforeReadBack: true`)), [
    '2:56 spec.ledger.readBackFrom: beside statefulSet; expected --read-back-from on the command line of its pod',
    '2:93 spec.ledger.crashBeforeReadBack: beside statefulSet; it kills a command of one machine',
  ]);
});

test('a password in a URL is refused wherever one can stand, and never repeated', () => {
  const url = (scheme: string): string => `{ url: '${scheme}://app:secret@db/app' }`;
  const problems = problemsOf(`  hypothesis:
    probes:
      - { name: a, postgres: ${url('postgres')} }
      - { name: b, mysql: ${url('mysql')} }
      - { name: c, redis: ${url('redis')} }
      - { name: d, http: ${url('http')} }
      - { name: e, etcd: ${url('http')} }
      - { name: f, prometheus: { url: 'http://a:secret@p', query: up } }
      - { name: g, alertmanager: ${url('http')} }
      - { name: h, postgres: { url: 'postgres:///app?password=secret' } }
      - { name: i, redis: ${url('ftp')} }
  ledger: { redis: ${url('redis')}, readBackFrom: ['redis://:secret@b', 'http://c'] }
  steps: [{ probe: { redis: ${url('redis')} } }]
`);
  assert.doesNotMatch(problems.join(), /secret/);
  const [found, others] = [/: has a password, which everybody would know/, /\d+:/];
  assert.equal(problems.filter((problem) => found.test(problem)).length, 12, problems.join('\n'));
  const rest = problems.filter((problem) => !found.test(problem) && others.test(problem));
  assert.deepEqual(
    rest.map((problem) => problem.replace(/^\d+:\d+ /, '')),
    [
      'spec.hypothesis.probes[8].redis.url is "ftp://app@db/app"; expected a URL such as redis://127.0.0.1:6379',
      'spec.ledger.readBackFrom[1]: not a URL of the database; expected a URL such as redis://127.0.0.1:6379',
    ],
  );
  assert.match(problems.join('\n'), /named by passwordFrom: \{ env: NAME \} or \{ file: PATH \}/);
  assert.match(problems.join('\n'), /named by basic: \{ username, passwordFrom \}/);
});

test('names are unique, and a step comes after those before it', () => {
  assert.deepEqual(
    problemsOf(`  hypothesis:
    probes:
      - { name: p, tcp: { address: '127.0.0.1:1' } }
      - { name: p, tcp: { address: '127.0.0.1:1' } }
  steps:
    - { name: first, wait: { for: 1s } }
    - { name: first, wait: { for: 1s } }
    - { name: third, after: [frist], wait: { for: 1s } }
    - { name: fourth, after: [fourth], wait: { for: 1s } }
`),
    [
      '4:17 two probes are called p',
      '7:15 two steps are called first',
      '8:30 no step before this one is called frist; did you mean first?',
      '9:31 no step before this one is called fourth; before it are first, first, third',
    ],
  );
});

test('a file is one experiment, and its lists have something in them', () => {
  assert.deepEqual(problemsOf('  steps: []\n'), [
    '1:10 spec.steps is an empty list; expected a list of at least 1',
  ]);
  assert.deepEqual(problemsOf('  steps: [{ wait: { for: 1s } }]\n---\nkind: Experiment\n'), [
    '2:1 another document begins here; expected one, the experiment',
  ]);
});

test('a mistake of YAML is told, and not all that follows from it', () => {
  const broken = problemsOf(`  steps: [{ wait: { for: 1s }\n${'  - a: { b\n'.repeat(50)}`);
  assert.ok(broken.length <= 3, broken.join('\n'));
});

test('a condition that asks for what the experiment has not got is refused', () => {
  const steps = (...conditions: readonly string[]): string => `  hypothesis:
    probes: [{ name: page, tcp: { address: '127.0.0.1:1' } }]
  steps:
    - { repeat: { times: 2, steps: [{ name: slow, fault: 'disk freeze for 1s' }] } }
${conditions.map((condition) => `    - { wait: { until: '${condition}' } }`).join('\n')}
`;
  assert.deepEqual(
    problemsOf(
      steps(
        'probes.pag.successful',
        'probes.page.sucessful && elapsed > 1.0',
        'faults.slow.armed',
        'faults["repeat-1.1.slow"].hits > 3 || command.runing',
        'command.running.well',
      ),
    ),
    [
      '5:24 probes has no "pag"; did you mean "page"?',
      '6:24 probes.page has no "sucessful"; did you mean "successful"?',
      '7:24 faults has no "slow"; expected repeat-1.1.slow, repeat-1.2.slow',
      '8:24 faults.repeat-1.1.slow has no "hits"; expected armed, matched, injected',
      '8:24 command has no "runing"; did you mean "running"?',
      '9:24 command.running has no "well"; expected nothing more',
    ],
  );
  const right = steps(
    'probes.page.latency < 5.0 && !command.running',
    'faults["repeat-1.2.slow"].injected > 3',
    'probes.exists(name, probes[name].successful) && elapsed > 2.0',
  );
  assert.equal(readExperiment(head + right).kind, 'experiment');
});

test('a fault that could never hit is refused: it names what the command has not got', () => {
  assert.deepEqual(
    problemsOf(`  local: { disks: [{ name: data }] }
  steps:
    - { fault: 'disk freeze volume logs for 1s' }
    - { fault: 'tcp refuse for 1s' }
    - { repeat: { times: 2, steps: [{ fault: 'tcp partition for 1s' }] } }
`),
    [
      '3:16 no disk is called logs; known are data',
      '4:16 a fault of connections, and spec.local.ports names none',
      '5:46 a fault of connections, and spec.local.ports names none',
    ],
  );
});

test('nothing is switched on by what runs at the very end', () => {
  assert.deepEqual(
    problemsOf(`  steps: [{ wait: { for: 1s } }]
  finally:
    steps: [{ fault: disk freeze for 1s }]
`),
    ['3:22 finally switches nothing on; expected kill, wait or probe'],
  );
});

test('a run of more steps than anybody could read is refused', () => {
  assert.deepEqual(
    problemsOf(`  steps:
    - { repeat: { times: 1000, steps: [{ wait: { for: 1s } }, { wait: { for: 1s } }] } }
`),
    ['2:5 spec.steps come to 2000 steps; expected at most 1000'],
  );
});

test('text that is no YAML, or another kind, is refused and not guessed', () => {
  for (const text of ['', ':', '- a', '[', 'kind: Pod', '\u0000', 'a: &a [*a]']) {
    const reading = readExperiment(text);
    assert.equal(reading.kind, 'problems', JSON.stringify(text));
  }
});

test('an object of Kubernetes is read likewise; each problem begins with the name of its field', () => {
  const object = (spec: unknown) => ({
    apiVersion: 'havock8s.io/v1alpha1',
    kind: 'Experiment',
    metadata: { name: 'e' },
    spec,
  });
  const problems = (spec: unknown): readonly string[] => {
    const reading = readExperimentValue(object(spec));
    return reading.kind === 'problems' ? reading.problems.map(({ message }) => message) : [];
  };
  assert.equal(readExperimentValue(object({ steps: [{ wait: { for: '1s' } }] })).kind, 'experiment');
  assert.deepEqual(problems({ stepz: [], steps: [{ wait: { for: 1 } }] }), [
    'spec.steps[0].wait.for is 1; expected a duration such as 200ms',
    'spec has no field "stepz"; did you mean "steps"?',
  ]);
  assert.deepEqual(problems({ steps: [{ wait: { for: '1s' }, after: ['b'] }] }), [
    'spec.steps[0].after[0]: no step before this one is called b; it is the first',
  ]);
  assert.ok(problems(Object.fromEntries(Array.from({ length: 1000 }, (_, n) => [`f${n}`, n]))).length <= 101);
  for (const value of [null, [], 'text', 7]) assert.equal(readExperimentValue(value).kind, 'problems');
});
