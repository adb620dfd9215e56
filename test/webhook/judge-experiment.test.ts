import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { judgeExperiment } from '../../webhook/experiments/judge-experiment.js';
import { experimentsWebhook } from '../../webhook/server/experiments-webhook.js';

type Fields = Readonly<Record<string, unknown>>;

const wait = { wait: { for: '1s' } };
const targets = [{ name: 'db', workload: { kind: 'StatefulSet', name: 'pg' } }];

const objectOf = (spec: unknown, metadata: Fields = { name: 'slow-wal' }): Fields => ({
  apiVersion: 'havock8s.io/v1alpha1',
  kind: 'Experiment',
  metadata: { namespace: 'shop', uid: 'u', generation: 1, managedFields: [{}], ...metadata },
  spec,
});

const judge = (object: unknown, oldObject: unknown = null) => judgeExperiment({ object, oldObject });

const rows: Readonly<Record<string, readonly [Fields, readonly (string | RegExp)[]]>> = {
  'a right one': [{ targets, steps: [wait] }, []],
  'unknown fields, each with the nearest word': [
    { targets, stepz: [], steps: [{ ...wait, nam: 'a' }], hypothesis: { probez: [] } },
    [
      'spec.hypothesis has no field "probez"; did you mean "probes"?',
      'spec.steps[0] has no field "nam"; did you mean "name"?',
      'spec has no field "stepz"; did you mean "steps"?',
    ],
  ],
  'a field that YAML has taken for true': [
    { targets, steps: [{ fault: 'disk freeze for 1s', true: 'db' }] },
    [/^spec\.steps\[0\] has no field "true"; known are name, target, /],
  ],
  'a bad sentence, within groups': [
    {
      targets,
      steps: [{ parallel: [{ repeat: { times: 2, steps: [{ fault: 'disk latensy 1s for 1s' }] } }] }],
    },
    [
      'spec.steps[0].parallel[0].repeat.steps[0].fault: column 6: "latensy" is not an effect; did you mean "latency"?',
    ],
  ],
  'two verbs, and none': [
    { targets, steps: [{ ...wait, fault: 'disk freeze for 1s' }, { name: 'none' }] },
    [
      /^spec\.steps\[0\]\.wait: beside fault; expected one of /,
      /^spec\.steps\[1\]: does not say what it does; /,
    ],
  ],
  'what only its parts together have wrong': [
    {
      targets: [...targets, { name: 'rest', node: 'n' }],
      steps: [{ fault: 'disk freeze for 1s', target: 'dp' }],
    },
    ['spec.steps[0].target: no target is called dp; did you mean db?'],
  ],
  'no pods': [
    { steps: [wait] },
    ['spec.targets is missing; expected spec.targets, the pods that it is about'],
  ],
  'a run of one machine': [
    { local: { disks: [{ name: 'data' }] }, steps: [wait] },
    [
      'spec.local is of a run on one machine, by havock8s run; in a cluster expected spec.targets, the pods that it is about',
    ],
  ],
  'both at once': [
    { local: {}, steps: [{}] },
    [/^spec\.steps\[0\]: does not say what it does/, /^spec\.local is of a run on one machine/],
  ],
};

for (const [what, [spec, expected]] of Object.entries(rows))
  test(`of ${what} is told what is wrong, with its field and a way out`, () => {
    const problems = judge(objectOf(spec));
    assert.equal(problems.length, expected.length, problems.join('\n'));
    for (const [index, problem] of problems.entries()) {
      const wanted = expected[index] ?? '';
      if (typeof wanted === 'string') assert.equal(problem, wanted);
      else assert.match(problem, wanted);
    }
  });

test('a name that is made from generateName is judged as it will be', () => {
  const of = (metadata: Fields) => judge(objectOf({ targets, steps: [wait] }, metadata));
  assert.deepEqual(of({ generateName: 'nightly-' }), []);
  assert.match(of({ generateName: `${'long-'.repeat(8)}` }).join(), /^metadata\.name is "long-/);
  assert.match(of({}).join(), /^metadata\.name is missing; expected a name/);
});

test('a run that was stored by another version can be stopped, and paused, as long as that is right', () => {
  const old = objectOf({ targets, steps: [{ ...wait, ofAnotherVersion: 1 }] });
  const changed = (change: Fields) => judge({ ...old, spec: { ...(old['spec'] as Fields), ...change } }, old);
  assert.deepEqual(changed({ stop: { reason: 'enough' }, paused: true }), []);
  assert.deepEqual(changed({ stop: { reazon: 'enough' } }), [
    'spec.stop has no field "reazon"; did you mean "reason"?',
  ]);
});

const spiteful = fc.constantFrom<unknown>(
  'constructor',
  '__proto__',
  { toString: null, valueOf: 1 },
  JSON.parse('{"__proto__":{"toString":1}}'),
  [[]],
  'x'.repeat(5000),
  Number.MAX_VALUE,
  '\u0000\ud800',
  null,
);
const anything = fc.oneof(fc.jsonValue({ maxDepth: 3 }), spiteful, fc.array(spiteful, { maxLength: 3 }));
const fieldsOf = (...names: readonly string[]) =>
  fc.record(Object.fromEntries(names.map((name) => [name, anything])), { requiredKeys: [] });
const spec = fc.oneof(
  anything,
  fieldsOf('targets', 'steps', 'hypothesis', 'safety', 'local', 'stop', 'toString', '__proto__'),
  fc.record({
    targets: fc.constant(targets),
    steps: fc.array(fc.oneof(fieldsOf('fault', 'wait', 'ramp'), anything)),
  }),
);

test('nothing that an object says throws, or is let through unread', () => {
  fc.assert(
    fc.property(spec, fc.oneof(anything, fieldsOf('name', 'labels')), anything, (ofSpec, metadata, other) => {
      const object = { ...objectOf(ofSpec), metadata };
      for (const one of [object, other]) for (const oldObject of [null, object, other]) judge(one, oldObject);
      const review = {
        uid: 'u',
        namespace: 'shop',
        resource: 'experiments',
        isPod: false,
        dryRun: false,
      } as const;
      const told = experimentsWebhook({ ...review, operation: 'CREATE', object, oldObject: null });
      assert.ok('answer' in told && told.answer.allowed === (judge(object).length === 0));
    }),
    { numRuns: 500 },
  );
});

const many = <T>(count: number, item: T): T[] => Array.from({ length: count }, () => item);
const probe = {
  name: 'p',
  http: { url: 'http://a' },
  condition: `status == 1${' || status == 2'.repeat(20)}`,
};

/** About as large as an API server takes an object, each in another place. */
const largest: Readonly<Record<string, Fields>> = {
  'empty steps': { steps: many(1_000_000, {}) },
  'bad steps': { steps: many(40_000, { fault: 'disk latensy 1s on fsync,writ for 1s', nam: 'x' }) },
  'unknown fields': {
    steps: [
      { ...wait, ...Object.fromEntries(Array.from({ length: 120_000 }, (_, n) => [`unknown-${n}`, 1])) },
    ],
  },
  'steps within steps': {
    steps: many(64, { repeat: { times: 1000, steps: many(60, { parallel: many(8, wait) }) } }),
  },
  ramps: {
    steps: many(64, {
      ramp: { fault: 'disk latency {value}'.repeat(100), values: many(100, 'x'.repeat(100)) },
    }),
  },
  probes: { steps: [wait], hypothesis: { probes: many(8000, probe) } },
  'digits of a duration': { steps: [{ wait: { for: `1.${'1'.repeat(2_900_000)}s` } }] },
  'units of a duration': { steps: [{ wait: { for: '1m'.repeat(1_400_000) } }] },
  'a sentence': { steps: [{ fault: 'disk latency '.repeat(200_000) }] },
  'a name': { steps: [{ ...wait, name: 'a'.repeat(2_900_000) }] },
};

for (const [what, spec] of Object.entries(largest))
  test(`an object of nothing but ${what} is judged long before the API server gives up`, () => {
    const object = objectOf({ targets, ...spec });
    assert.ok(JSON.stringify(object).length > 300_000);
    const before = process.cpuUsage();
    const problems = judge(object);
    const { user } = process.cpuUsage(before);
    assert.ok(problems.length > 0 && problems.length <= 100);
    assert.ok(user < 2_500_000, `${user} µs`);
  });
