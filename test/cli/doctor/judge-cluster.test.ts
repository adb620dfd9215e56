/** What is made of facts of a cluster. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runChecks } from '../../../cli/doctor/check.js';
import { judgeVersion } from '../../../cli/doctor/cluster/api-version.js';
import { type CertificateFacts, judgeCertificate } from '../../../cli/doctor/cluster/certificate.js';
import { judgeClocks, type SeenClock } from '../../../cli/doctor/cluster/clocks.js';
import { dateIn } from '../../../cli/doctor/cluster/kubectl.js';
import { judgeNamespaces } from '../../../cli/doctor/cluster/namespaces.js';
import { judgeNodes } from '../../../cli/doctor/cluster/nodes.js';
import { type SeenPod, type SeenSidecar, seenPod } from '../../../cli/doctor/cluster/seen-pod.js';
import { judgeSidecars } from '../../../cli/doctor/cluster/sidecars.js';
import { judgeTerminating } from '../../../cli/doctor/cluster/terminating.js';
import { judgeWebhook } from '../../../cli/doctor/cluster/webhook-at-work.js';
import { doctorLimits } from '../../../cli/doctor/doctor-limits.js';
import { type FindingState, type Judgement, unknown, warning } from '../../../cli/doctor/finding.js';
import { HavocError } from '../../../core/havoc-error.js';
import { issuePair } from '../../e2e/api-server/serving-pair.js';
import { injectedPod } from './injected-pod.js';

const verdicts = (judgements: readonly Judgement[]): readonly FindingState[] =>
  judgements.map(({ verdict }) => verdict);

test('Kubernetes: 1.29 for sidecars, 1.30 for the manifests', () => {
  const of = (minor: number | null) => verdicts(judgeVersion(minor, 'v1.x'))[0];
  assert.deepEqual([28, 29, 30, 34, null].map(of), ['broken', 'warning', 'ok', 'ok', 'unknown']);
});

const nowMs = Date.now();
const clock = (skewMs: number, rest: Partial<SeenClock> = {}): SeenClock => ({
  node: 'n',
  isReady: true,
  nowMs,
  notedMs: nowMs - 4000,
  renewedMs: nowMs - 4000 + skewMs,
  ...rest,
});
const unnoted = (renewedMs: number, isReady = true): SeenClock =>
  clock(0, { notedMs: null, renewedMs, isReady });

const clockCases: readonly (readonly [what: string, clock: SeenClock, verdict: FindingState])[] = [
  ['agrees', clock(0), 'ok'],
  ['is off by no more than can be seen', clock(1500), 'ok'],
  ['is 6 s ahead', clock(6000), 'warning'],
  ['is 90 s ahead', clock(90_000), 'broken'],
  ['is 90 s behind', clock(-90_000), 'broken'],
  [
    'was read long ago, of a node that is away',
    clock(0, { notedMs: nowMs - 3_600_000, renewedMs: nowMs - 3_600_000 }),
    'ok',
  ],
  ['has no Lease', clock(0, { renewedMs: null }), 'unknown'],
  ['was not noted, and renewed in the future', unnoted(nowMs + 90_000), 'broken'],
  ['was not noted, and may be due', unnoted(nowMs - 12_000), 'unknown'],
  ['was not noted, and is long overdue on a node that is ready', unnoted(nowMs - 300_000), 'broken'],
  ['was not noted, on a node that is away', unnoted(nowMs - 300_000, false), 'unknown'],
];

for (const [what, one, verdict] of clockCases)
  test(`a clock that ${what}: ${verdict}`, () => assert.deepEqual(verdicts(judgeClocks([one])), [verdict]));

test('the Date of an answer is found in what kubectl logs, old and new', () => {
  const day = Date.UTC(2025, 10, 25, 12, 0, 1);
  assert.equal(dateIn('I1125 round_trippers.go:580]     Date: Tue, 25 Nov 2025 12:00:01 GMT\n'), day);
  assert.equal(dateIn('"Response" headers=<\n\tDate: Tue, 25 Nov 2025 12:00:01 GMT\n >'), day);
  assert.equal(dateIn('no date'), null);
});

const host = 'havock8s-webhook.havock8s-system.svc';
const hourMs = 3_600_000;
const pair = issuePair(host);
const certificate = (rest: Partial<CertificateFacts>): string => {
  const [first] = judgeCertificate({
    nowMs,
    host,
    bundles: { MutatingWebhookConfiguration: pair.authority },
    serving: { kind: 'pem', pem: pair.certificate },
    system: 'havock8s-system',
    ...rest,
  });
  return `${first?.verdict}: ${first?.found}`;
};

test('certificates: trusted, expired, not yet valid, nearly over, of others, and not to be seen', () => {
  const other = issuePair('other.svc');
  assert.match(certificate({}), /^ok: trusted, and valid for another/);
  assert.match(certificate({ nowMs: nowMs + 2 * hourMs }), /^broken: its caBundle has expired/);
  assert.match(certificate({ nowMs: nowMs - 2 * hourMs, bundles: {} }), /^broken: .*not valid before/);
  assert.match(certificate({ nowMs: nowMs + 0.9 * hourMs }), /^warning: .*should have been renewed/);
  assert.match(
    certificate({ bundles: { x: other.authority }, serving: { kind: 'pem', pem: other.certificate } }),
    /^broken: the serving certificate is not for/,
  );
  assert.match(certificate({ bundles: { x: other.authority } }), /^broken: .*not the authority/);
  assert.match(certificate({ bundles: { x: `${other.authority}${pair.authority}` } }), /^ok/);
  assert.match(certificate({ bundles: { x: 'nonsense' } }), /^broken: its caBundle is not a certificate/);
  assert.match(certificate({ serving: { kind: 'unseen', why: 'forbidden' } }), /^unknown: .*forbidden/);
});

test('the webhook: absent, half registered, without replicas, without endpoints, at work', () => {
  const well = {
    mutating: true,
    validating: true,
    system: 's',
    replicas: { wanted: 2, ready: 2 },
    readyEndpoints: 2,
  };
  const of = (rest: Partial<typeof well>) => verdicts(judgeWebhook({ ...well, ...rest }));
  assert.deepEqual(of({}), ['ok']);
  assert.deepEqual(of({ mutating: false, validating: false }), ['warning']);
  assert.deepEqual(of({ mutating: false }), ['broken']);
  assert.deepEqual(of({ replicas: { wanted: 2, ready: 1 } }), ['warning']);
  assert.deepEqual(of({ replicas: { wanted: 2, ready: 0 }, readyEndpoints: 0 }), ['broken', 'broken']);
  const [none] = judgeWebhook({ ...well, replicas: { wanted: 0, ready: 0 }, readyEndpoints: 0 });
  assert.match(none?.mend[0] ?? '', /scaled to 0: kubectl scale -n s deployment\/havock8s-webhook/);
});

test('namespaces: none, too strict by label or by default, open', () => {
  const labels = { 'havock8s.io/injection': 'enabled' };
  const of = (namespaces: readonly Record<string, string>[], usualLevel = 'privileged') =>
    verdicts(
      judgeNamespaces({
        namespaces: namespaces.map((one) => ({ name: 'x', labels: one })),
        usualLevel,
        asked: null,
      }),
    );
  assert.deepEqual(of([{}]), ['warning']);
  assert.deepEqual(of([labels]), ['ok']);
  assert.deepEqual(of([labels], 'baseline'), ['warning']);
  assert.deepEqual(of([labels, { ...labels, 'pod-security.kubernetes.io/enforce': 'restricted' }]), [
    'warning',
    'ok',
  ]);
});

test('nodes for Windows have no kernel of ours to judge', () => {
  assert.deepEqual(
    verdicts(judgeNodes([{ name: 'w', kernel: '10.0.20348', system: 'windows', isReady: true }])),
    ['ok'],
  );
});

const pod = (rest: Partial<SeenPod> = {}): SeenPod => {
  const seen = seenPod(injectedPod('shop', 'pg', { node: 'n1' }));
  assert.ok(seen !== null);
  return {
    ...seen,
    createdMs: nowMs - 600_000,
    sidecars: seen.sidecars.map((one) => ({ ...one, isStarted: true })),
    ...rest,
  };
};
const withSidecar = (rest: Partial<SeenSidecar>): SeenPod => {
  const [first] = pod().sidecars;
  assert.ok(first);
  return pod({ sidecars: [{ ...first, ...rest }] });
};

const sidecarCases: readonly (readonly [what: string, pod: SeenPod, verdict: FindingState])[] = [
  ['are well', pod(), 'ok'],
  ['have lost their restartPolicy', withSidecar({ isNative: false }), 'broken'],
  ['do not start', withSidecar({ isStarted: false }), 'broken'],
  ['wait for their image, as yet', { ...withSidecar({ isStarted: false }), createdMs: nowMs - 5000 }, 'ok'],
  ['were started again', withSidecar({ restarts: 1, ended: { reason: 'Error', code: 1 } }), 'warning'],
  ['ran out of memory', withSidecar({ restarts: 1, ended: { reason: 'OOMKilled', code: 137 } }), 'broken'],
  ['cannot pull', withSidecar({ waiting: { reason: 'ImagePullBackOff', message: '' } }), 'broken'],
  ['are being created', withSidecar({ waiting: { reason: 'PodInitializing', message: '' } }), 'ok'],
  ['are of a pod that has ended', { ...withSidecar({ isNative: false }), phase: 'Succeeded' }, 'ok'],
];

for (const [what, one, verdict] of sidecarCases)
  test(`sidecars that ${what}: ${verdict}`, () =>
    assert.deepEqual(verdicts(judgeSidecars([one], nowMs)), [verdict]));

test('Terminating: within the grace, beyond it, on a node that is away, and pods of others', () => {
  const of = (one: SeenPod, away: readonly string[] = []) =>
    judgeTerminating([one], { nowMs, away: new Set(away) })[0];
  assert.equal(of(pod({ dueMs: nowMs + 5000 }))?.verdict, 'ok');
  assert.match(of(pod({ dueMs: nowMs - 300_000 }))?.found ?? '', /5m 00s beyond its grace, on node n1/);
  assert.match(of(pod({ dueMs: nowMs - 300_000 }), ['n1'])?.mend[0] ?? '', /describe node n1/);
  assert.equal(of(pod({ dueMs: nowMs - 300_000, sidecars: [] }))?.verdict, 'ok');
});

test('a check that is refused is unknown, a mistake of ours is thrown, and what is too much is told in one line', async () => {
  const findings = await runChecks([
    { name: 'a', look: () => Promise.reject(new HavocError('doctor.forbidden', 'you may not')) },
    { name: 'c', look: () => [...new Array(100).fill(warning({ found: 'w' })), unknown({ found: 'u' })] },
  ]);
  assert.deepEqual([findings[0]?.verdict, findings[0]?.found], ['unknown', 'you may not']);
  assert.equal(findings.length, 1 + doctorLimits.findings + 1);
  assert.match(findings.at(-1)?.found ?? '', /^61 more findings like these, at worst warning$/);
  await assert.rejects(
    runChecks([{ name: 'bug', look: () => Promise.reject(new TypeError('ours')) }]),
    /ours/,
  );
});
