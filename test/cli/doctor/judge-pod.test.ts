/** What is made of facts in the containers of a pod. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ShownFault, ShownStatus } from '../../../cli/client/answers.js';
import type { FindingState, Judgement } from '../../../cli/doctor/finding.js';
import { judgeAnnotations } from '../../../cli/doctor/pod/annotations.js';
import { judgeFaultProxy } from '../../../cli/doctor/pod/fault-proxy.js';
import { judgeHolder } from '../../../cli/doctor/pod/holder.js';
import { judgeFaultList } from '../../../cli/doctor/pod/listed-faults.js';
import { judgeRoom } from '../../../cli/doctor/pod/run-directory.js';

const verdicts = (judgements: readonly Judgement[]): readonly FindingState[] =>
  judgements.map(({ verdict }) => verdict);

const nowMs = Date.parse('2026-01-01T00:10:00Z');

const fault = (rest: Partial<ShownFault>): ShownFault => ({
  name: 'slow',
  source: 'annotation',
  sentence: 'disk latency 1s',
  state: 'armed',
  reason: null,
  plane: 'disk',
  effect: 'latency',
  explanation: null,
  startedAt: '2026-01-01T00:00:00.000Z',
  endsAt: null,
  remainingMs: 0,
  tallies: { matched: 0, injected: 0, exempted: 0, passed: 0 },
  traffic: null,
  seed: null,
  remarks: [],
  problems: [],
  ...rest,
});

const hit = { matched: 5, injected: 5, exempted: 0, passed: 0 };
const faultCases: readonly (readonly [what: string, fault: ShownFault, expected: readonly FindingState[]])[] =
  [
    ['armed for long, and nothing matched', fault({}), ['warning']],
    ['armed a moment ago', fault({ startedAt: '2026-01-01T00:09:55.000Z' }), ['ok']],
    ['armed, and hits', fault({ tallies: hit }), ['ok']],
    [
      'armed, matched, and its chance spared all so far',
      fault({ tallies: { ...hit, injected: 0, passed: 5 } }),
      ['ok'],
    ],
    ['over, and never hit', fault({ state: 'expired' }), ['warning']],
    ['over, and hit', fault({ state: 'expired', tallies: hit }), ['ok']],
    ['refused', fault({ state: 'refused' }), ['broken']],
    ['with a remark', fault({ tallies: hit, remarks: ['pg-9 has no address'] }), ['warning']],
  ];

for (const [what, one, expected] of faultCases)
  test(`a fault that is ${what}: ${expected.join()}`, () => {
    assert.deepEqual(verdicts(judgeFaultList([one], nowMs)), expected);
  });

test('no fault at all is well', () => assert.deepEqual(verdicts(judgeFaultList([], nowMs)), ['ok']));

const mount = {
  volume: 'data',
  backing: '/b',
  mountpoint: '/m',
  readOnly: false,
  protocol: '7.45',
  features: [],
  backingTrouble: null,
};
const status: ShownStatus = {
  version: '0.1.0',
  node: 'v20',
  kernel: '6.12',
  pids: { faultProxy: 2, holder: 1 },
  startedAt: '2026-01-01T00:00:00.000Z',
  uptimeMs: 60_000,
  restarts: 0,
  ready: true,
  notReady: null,
  plan: {
    version: 1,
    changedAt: '',
    ageMs: 1,
    armed: 0,
    listed: 0,
    seed: 1,
    seedGiven: false,
    disarmedBy: null,
  },
  disk: {
    mounts: [{ ...mount, resend: true }],
    parked: 0,
    parkedOverflows: 0,
    exhausted: 0,
    disarmedBy: null,
  },
  tcp: null,
};
const tcp: NonNullable<ShownStatus['tcp']> = {
  forwards: [],
  restarts: 0,
  bytesUp: 0,
  bytesDown: 0,
  interception: {
    inboundPorts: [1],
    outboundPorts: [],
    node: [],
    mended: 0,
    conntrack: { entries: 1, most: 100 },
  },
  open: 0,
  accepted: 0,
  upstreamFailures: 0,
  resets: 0,
  heldBytes: 0,
  exhausted: 0,
  disarmedBy: null,
};
const full = {
  ...tcp,
  interception: { ...tcp.interception!, mended: 2, conntrack: { entries: 99, most: 100 } },
};

const faultProxyCases: readonly (readonly [
  what: string,
  status: Partial<ShownStatus>,
  expected: readonly FindingState[],
])[] = [
  ['serves', {}, ['ok']],
  ['serves connections too', { tcp }, ['ok']],
  ['was started again', { restarts: 2 }, ['warning']],
  ['does not serve yet', { ready: false, notReady: 'no mount' }, ['broken']],
  ['was disarmed for good', { plan: { ...status.plan, disarmedBy: 'sidecar.bug' } }, ['broken']],
  [
    'is on a kernel without RESEND',
    { disk: { ...status.disk!, mounts: [{ ...mount, resend: false }] } },
    ['warning'],
  ],
  ['let some through', { disk: { ...status.disk!, parkedOverflows: 3 } }, ['warning']],
  ['opened no more files', { disk: { ...status.disk!, exhausted: 3 } }, ['warning']],
  ['refused connections', { tcp: { ...tcp, exhausted: 3 } }, ['warning']],
  ['has its rules changed, in a full table', { tcp: full }, ['warning', 'warning']],
];

for (const [what, rest, expected] of faultProxyCases)
  test(`a fault proxy that ${what}: ${expected.join()}`, () => {
    const answers = { kind: 'answered', status: { ...status, ...rest }, faults: [] } as const;
    assert.deepEqual(verdicts(judgeFaultProxy({ answers, isServing: true })), expected);
  });

test('a fault proxy that does not answer is broken, or serves elsewhere', () => {
  const answers = { kind: 'silent', code: 'control.unreachable', why: 'ECONNREFUSED' } as const;
  assert.deepEqual(verdicts(judgeFaultProxy({ answers, isServing: false })), ['broken']);
  assert.deepEqual(verdicts(judgeFaultProxy({ answers, isServing: true })), ['unknown']);
});

test('the holder: listening, busy, gone, or not wanted', () => {
  const of = (socket: Parameters<typeof judgeHolder>[0]['socket'], hasVolumes = true) =>
    verdicts(judgeHolder({ socket, hasVolumes }));
  assert.deepEqual(of('listens'), ['ok']);
  assert.deepEqual(of('busy'), ['warning']);
  assert.deepEqual(of('abandoned'), ['broken']);
  assert.deepEqual(of('missing'), ['broken']);
  assert.deepEqual(of('missing', false), ['ok']);
});

test('the run directory: room, little, none, and no file more', () => {
  const of = (freeBytes: number, freeFiles = 10) =>
    verdicts(judgeRoom({ path: '/run', bytes: 1000, freeBytes, freeFiles }));
  assert.deepEqual([of(900), of(50), of(0), of(900, 0)], [['ok'], ['warning'], ['broken'], ['broken']]);
});

test('annotations: absent, not the kubelet’s, not taken, taken', () => {
  const text = 'fault.havock8s.io/slow="disk latency 1s"\nother="x"\n';
  const facts = { file: '/a', text, isLive: true, listed: new Set(['slow']) };
  assert.deepEqual(verdicts(judgeAnnotations(facts)), ['ok']);
  assert.deepEqual(verdicts(judgeAnnotations({ ...facts, text: null })), ['broken']);
  assert.deepEqual(verdicts(judgeAnnotations({ ...facts, isLive: false })), ['broken']);
  assert.deepEqual(verdicts(judgeAnnotations({ ...facts, listed: new Set() })), ['warning']);
  assert.deepEqual(verdicts(judgeAnnotations({ ...facts, listed: null })), ['ok']);
});
