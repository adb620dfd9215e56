/** `havock8s run`: each verdict, by a real server on a real mount. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { begun, ended, eventsOf, skip } from './page-run.js';

test('a fault that hits and is borne is a pass, with what it hit and how long recovery took', {
  skip,
}, async (t) => {
  const run = await begun(t, { steps: [{ name: 'slow', fault: 'disk latency 5ms on open for 1s' }] });
  const { code, judgement, events, stderr } = await ended(run);
  assert.equal(judgement.verdict, 'Passed', stderr);
  assert.equal(code, 0);
  assert.match(
    judgement.message,
    /held under 1 fault, and all was well again after \d+\.\d s \(objective 30\.0 s\)/,
  );
  const counted = events.findLast((event) => event.type === 'fault-counted');
  assert.ok(counted?.type === 'fault-counted' && counted.injected > 0);
  const asked = events.findIndex(({ type }) => type === 'fault-asked');
  assert.ok(asked < events.findIndex(({ type }) => type === 'fault-armed'), 'written before it is armed');
  assert.match(stderr, /slow +disk latency 5ms on open until/);
  assert.equal(judgement.report, 'out/a.html');
  const page = readFileSync(join(run.root, 'out/a.html'), 'utf8');
  assert.match(page, /The system held.*Fault slow hit \d+ of \d+ operations/s);
});

test('a hypothesis that fails is told with the probe, the moment and what was seen', { skip }, async (t) => {
  const run = await begun(t, { steps: [{ name: 'broken', fault: 'disk error EIO on open for 1s' }] });
  const { code, judgement } = await ended(run);
  assert.deepEqual([code, judgement.verdict, judgement.reason], [1, 'Failed', 'HypothesisFailed']);
  assert.match(judgement.message, /^probe page .* failed \d+ times .*, first after \d+\.\d s: status 500 /);
});

test('a fault that hits nothing proves nothing', { skip }, async (t) => {
  const run = await begun(t, { steps: [{ name: 'idle', fault: 'disk error EIO on fsync for 1s' }] });
  const { code, judgement } = await ended(run);
  assert.deepEqual([code, judgement.verdict, judgement.reason], [3, 'Inconclusive', 'FaultHitNothing']);
});

test('the command and the fault proxy are killed under a fault, and all is well again', {
  skip,
}, async (t) => {
  const run = await begun(t, {
    restart: 'onFailure',
    during: { failures: 100 },
    steps: [
      {
        parallel: [
          { name: 'slow', fault: 'disk latency 5ms on open for 5s' },
          { name: 'proxy', kill: { process: 'fault-proxy' } },
          { name: 'server', kill: { process: 'command' } },
        ],
      },
    ],
  });
  const { judgement, events, stderr } = await ended(run);
  assert.equal(judgement.verdict, 'Passed', stderr);
  assert.equal(events.filter(({ type }) => type === 'signalled').length, 2);
  assert.equal(events.filter(({ type }) => type === 'command-began').length, 2);
});

test('a fault that follows the death of the fault proxy is armed by the next one', { skip }, async (t) => {
  const run = await begun(t, {
    during: { failures: 100 },
    steps: [
      { name: 'proxy', kill: { process: 'fault-proxy' } },
      { name: 'slow', fault: 'disk latency 5ms on open,read for 1s' },
    ],
  });
  const { judgement, events, stderr } = await ended(run);
  assert.equal(judgement.verdict, 'Passed', stderr);
  const gone = events.find((event) => event.type === 'step-ended' && event.step === 'proxy');
  assert.match(JSON.stringify(gone), /pid \d+ is gone, and pid \d+ serves/);
  const warnings = events.flatMap((event) => (event.type === 'warned' ? [event.message] : []));
  assert.ok(warnings.length <= 1, warnings.join('\n'));
  assert.doesNotMatch(warnings.join(''), /\n|--control/);
});

test('what a command left running is gone before it is started again', { skip }, async (t) => {
  // A pid that is a zombie's, or somebody else's by now, is not what was left.
  const script = `cd "$HAVOCK8S_DISK_WWW"
    [ ! -e left ] || ! grep -q sleep "/proc/$(cat left)/cmdline" || touch overlap
    sleep 1000 & echo $! >left
    [ -e overlap ] && exit 3
    exec "$0" "$@"`;
  const run = await begun(t, {
    restart: 'onFailure',
    before: ['sh', '-c', script],
    during: { failures: 100 },
    steps: [
      { name: 'slow', fault: 'disk latency 5ms on open for 1s' },
      { name: 'crash', kill: { process: 'command' } },
      { name: 'back', wait: { until: 'command.running && probes.page.successful' }, timeLimit: '30s' },
    ],
  });
  const { judgement, events, stderr } = await ended(run);
  assert.equal(judgement.verdict, 'Passed', stderr);
  assert.equal(events.filter(({ type }) => type === 'command-began').length, 2);
});

test('a command that ends while faults are on is a failure', { skip }, async (t) => {
  const run = await begun(t, {
    during: { failures: 100 },
    steps: [{ name: 'ends', fault: 'disk freeze on fsync for 1m' }],
    more: { timeLimit: '60s' },
  });
  await run.says(/ends +disk freeze/);
  const began = eventsOf(run.root).find((event) => event.type === 'command-began');
  assert.ok(began?.type === 'command-began');
  process.kill(began.pid, 'SIGKILL');
  const { code, judgement } = await ended(run);
  assert.deepEqual([code, judgement.reason], [1, 'CommandFailed']);
});

test('a step ends at its time limit, and its fault with it', { skip }, async (t) => {
  const run = await begun(t, {
    during: { failures: 100 },
    steps: [{ name: 'slow', fault: 'disk latency 5ms on open,read for 5m', timeLimit: '1s' }],
  });
  const { judgement, events } = await ended(run);
  assert.deepEqual([judgement.verdict, judgement.reason], ['Error', 'StepFailed']);
  assert.match(judgement.message, /step slow: it did not end within 1000 ms/);
  assert.ok(!events.some(({ type }) => type === 'faults-left'));
});

test('a wrong file starts nothing, and each problem has its place', { skip }, async (t) => {
  const run = await begun(t, {
    steps: [{ name: 'a', fault: 'disk latensy 5ms for 1s' }],
    more: { stepps: [] },
  });
  const { code, stderr } = await run.ended;
  assert.equal(code, 2);
  const { problems } = JSON.parse(stderr).error;
  assert.deepEqual(
    problems.map(({ message }: { message: string }) => message),
    [
      'spec.steps[0].fault: column 6: "latensy" is not an effect; did you mean "latency"?',
      'spec has no field "stepps"; did you mean "steps"?',
    ],
  );
});
