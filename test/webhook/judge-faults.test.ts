import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgeFaults, refusalMessage } from '../../webhook/faults/judge-faults.js';
import { aPod, injected } from './a-pod.js';

const withAnnotations = (annotations: Readonly<Record<string, unknown>>) => ({ metadata: { annotations } });

const judge = (
  annotations: Readonly<Record<string, unknown>>,
  before: Readonly<Record<string, unknown>> | null = null,
) =>
  judgeFaults({
    object: withAnnotations(annotations),
    oldObject: before === null ? null : withAnnotations(before),
  });

const refusal = (...given: Parameters<typeof judge>): string => {
  const judgement = judge(...given);
  return judgement.kind === 'refuse' ? refusalMessage(judgement.problems) : judgement.kind;
};

const status = injected(aPod()).pod.metadata.annotations['havock8s.io/status'];

test('a bad sentence is refused with every problem, its column, and the nearest word', () => {
  assert.equal(
    refusal({ 'fault.havock8s.io/slow': 'disk latensy 200 on fsyncs' }),
    [
      'fault.havock8s.io/slow: column 6: "latensy" is not an effect; did you mean "latency"?',
      'fault.havock8s.io/slow: column 14: a number with no unit; did you mean "200ms"?',
      'fault.havock8s.io/slow: column 21: "fsyncs" is not an operation; did you mean "fsync"?',
    ].join('\n'),
  );
});

test('a peer that only a controller can look up is refused, with what to do', () => {
  assert.equal(
    refusal({
      'fault.havock8s.io/cut': 'tcp partition from @replicas',
      'fault.havock8s.io/x': 'tcp refuse from app=web',
    }),
    [
      'fault.havock8s.io/cut: @replicas: targets are resolved by the controller, for an experiment, since a sidecar has no credentials; name pods or addresses here',
      'fault.havock8s.io/x: app=web: labels are resolved by the controller, for an experiment, since a sidecar has no credentials; name pods or addresses here',
    ].join('\n'),
  );
  assert.equal(
    refusal({ 'fault.havock8s.io/cut': 'tcp partition from pg-1', 'havock8s.io/status': status }),
    'allow',
  );
});

test('a bad name is refused, and so is what is not text', () => {
  assert.match(refusal({ 'fault.havock8s.io/': 'disk freeze' }), /a name is 1 to 63 letters/);
  assert.match(refusal({ 'fault.havock8s.io/a b': 'disk freeze' }), /a name is 1 to 63 letters/);
  assert.match(refusal({ 'fault.havock8s.io/a': 5 }), /expected a sentence/);
});

test('what did not change is not judged, what was removed neither, and what changed is', () => {
  const bad = { 'fault.havock8s.io/old': 'disk latensy' };
  assert.equal(refusal(bad, bad), 'allow');
  assert.equal(refusal({}, bad), 'allow');
  assert.equal(refusal({ ...bad, 'havock8s.io/status': status }, bad), 'allow');
  assert.match(refusal({ 'fault.havock8s.io/old': 'disk latensyy' }, bad), /column 6/);
});

test('control characters of a sentence do not reach the terminal', () => {
  assert.ok(!refusal({ 'fault.havock8s.io/a': 'disk \u001b[31mlatency 5ms' }).includes('\u001b'));
});

test('other annotations are none of our business, whatever they are', () => {
  assert.deepEqual(judge({ 'faults.havock8s.io/a': 'x', note: 5 }), { kind: 'allow', warnings: [] });
  for (const object of [null, undefined, 5, [], {}, { metadata: null }, { metadata: { annotations: [] } }])
    assert.deepEqual(judgeFaults({ object, oldObject: object }), { kind: 'allow', warnings: [] });
});

test('a fault on a pod without a sidecar is allowed with a warning', () => {
  const judgement = judge({ 'fault.havock8s.io/slow': 'disk freeze' });
  assert.equal(judgement.kind, 'allow');
  assert.match(
    judgement.kind === 'allow' ? judgement.warnings.join() : '',
    /no sidecar.*fault\.havock8s\.io\/slow/,
  );
});

for (const [sentence, warning] of [
  ['disk freeze volume data', null],
  ['disk freeze', null],
  ['tcp blackhole', null],
  ['tcp blackhole port 5432', null],
  ['tcp partition from 10.0.0.1 port 22', null],
  ['disk freeze volume wal', 'fault.havock8s.io/a cannot hit: volume wal is not served (data is)'],
  ['tcp blackhole port 22', 'fault.havock8s.io/a cannot hit: port 22 is not intercepted (5432 is)'],
] as const) {
  test(`"${sentence}" ${warning === null ? 'is within reach' : 'is out of reach'} of this pod`, () => {
    assert.deepEqual(judge({ 'fault.havock8s.io/a': sentence, 'havock8s.io/status': status }), {
      kind: 'allow',
      warnings: warning === null ? [] : [warning],
    });
  });
}
