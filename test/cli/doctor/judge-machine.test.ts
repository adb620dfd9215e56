/** What is made of facts on a machine and in a pod: tables, with nothing real behind them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FindingState, Judgement } from '../../../cli/doctor/finding.js';
import { stateOf } from '../../../cli/doctor/machine/ask-mount.js';
import { judgeFuse } from '../../../cli/doctor/machine/fuse-device.js';
import { judgeKernel, kernelNeeds } from '../../../cli/doctor/machine/kernel.js';
import { judgeDirectories } from '../../../cli/doctor/machine/left-directories.js';
import { judgeProcesses } from '../../../cli/doctor/machine/left-processes.js';
import { doorsOf, judgeRules, listeningPorts } from '../../../cli/doctor/machine/left-rules.js';
import { mountOf, ourMounts } from '../../../cli/doctor/machine/mountinfo.js';
import { judgeNetwork, trialRules } from '../../../cli/doctor/machine/netfilter-programs.js';
import { judgePropagation, kubeletRoot } from '../../../cli/doctor/machine/propagation.js';
import { judgeMounts, type SeenMount } from '../../../cli/doctor/machine/served-mounts.js';
import { parseMountinfo } from '../../../sidecar/linux/mountinfo.js';

const verdicts = (judgements: readonly Judgement[]): readonly FindingState[] =>
  judgements.map(({ verdict }) => verdict);

const kernels: readonly (readonly [release: string, verdict: FindingState, lacks: readonly string[]])[] = [
  ['6.18.44', 'ok', []],
  ['6.9.0-rc1', 'ok', []],
  ['7.0.1', 'ok', []],
  ['6.8.0-45-generic', 'warning', ['RESEND']],
  ['6.1.0-28-amd64', 'warning', ['RESEND', 'DIRECT_IO_ALLOW_MMAP']],
  ['5.10.0', 'warning', ['RESEND', 'DIRECT_IO_ALLOW_MMAP', 'HANDLE_KILLPRIV_V2']],
  ['4.19.0', 'warning', kernelNeeds.map(({ what }) => what)],
  ['4.18.0-553.el8', 'broken', []],
  ['3.10.0', 'broken', []],
  ['nonsense', 'unknown', []],
];

for (const [release, verdict, lacks] of kernels) {
  test(`Linux ${release} is ${verdict}${lacks.length > 0 ? `, without ${lacks.join(', ')}` : ''}`, () => {
    const [judgement] = judgeKernel(release);
    assert.equal(judgement?.verdict, verdict);
    for (const { what } of kernelNeeds)
      assert.equal(judgement?.found.includes(what) && verdict !== 'ok', lacks.includes(what), what);
  });
}

const fuseCases = [
  [{ device: null, mount: 'root', refusal: null }, ['ok']],
  [{ device: null, mount: 'namespace', refusal: null }, ['ok']],
  [{ device: '/dev/fuse is missing\nsudo modprobe fuse', mount: 'root', refusal: null }, ['broken']],
  [{ device: null, mount: 'none', refusal: 'nobody may\nAllow it' }, ['broken']],
  [{ device: 'a', mount: 'none', refusal: 'b' }, ['broken', 'broken']],
] as const;

test('/dev/fuse and the right to mount: each that is missing is told, with its advice', () => {
  for (const [facts, expected] of fuseCases) assert.deepEqual(verdicts(judgeFuse(facts)), expected);
  assert.deepEqual(judgeFuse(fuseCases[2][0])[0]?.mend, ['sudo modprobe fuse']);
});

test('nft and ip: missing, not to be asked, refused by the kernel, well', () => {
  const well = { nft: null, ip: null, mayAdminister: true, refusal: null, isBlind: false };
  assert.deepEqual(verdicts(judgeNetwork(well)), ['ok']);
  assert.deepEqual(verdicts(judgeNetwork({ ...well, nft: 'nft is missing' })), ['warning']);
  assert.deepEqual(verdicts(judgeNetwork({ ...well, mayAdminister: false })), ['unknown']);
  assert.deepEqual(verdicts(judgeNetwork({ ...well, refusal: 'No such file or directory' })), ['warning']);
  assert.deepEqual(verdicts(judgeNetwork({ ...well, isBlind: true })), ['warning']);
});

test('the rules that are tried are of a table that is nobody’s', () => {
  const names = [...trialRules({ seesListeners: true }).matchAll(/inet havock8s\S*/g)].map(([name]) => name);
  assert.ok(names.length > 10);
  assert.deepEqual([...new Set(names)], ['inet havock8s-doctor']);
});

const answers = [
  [{ kind: 'late', afterMs: 3000 }, 'hangs'],
  [{ kind: 'missing' }, 'unasked'],
  [{ kind: 'ended', code: 0, stdout: '1', stderr: '' }, 'serves'],
  [
    {
      kind: 'ended',
      code: 1,
      stdout: '',
      stderr: "stat: cannot statx 'x': Transport endpoint is not connected",
    },
    'dead',
  ],
  [{ kind: 'ended', code: 1, stdout: '', stderr: "stat: can't stat 'x': Socket not connected" }, 'dead'],
  [{ kind: 'ended', code: 1, stdout: '', stderr: "stat: cannot statx 'x': Permission denied" }, 'forbidden'],
  [{ kind: 'ended', code: 1, stdout: '', stderr: 'stat: something new' }, 'unasked'],
] as const;

test('what stat says of a mount is one of a few states', () => {
  for (const [answer, state] of answers) assert.equal(stateOf(answer), state);
});

const mountinfo = `
22 1 0:21 / / rw,relatime shared:1 - ext4 /dev/sda rw
40 22 0:50 / /var/lib/kubelet/pods/1f0c9c8e-0000-4000-8000-000000000001/volumes/x rw shared:7 - tmpfs tmpfs rw
41 40 0:51 / /mnt/with\\040space rw master:3 - fuse.havock8s data rw
42 40 0:52 / /mnt/hidden rw - fuse.havock8s data rw
43 42 0:53 / /mnt/hidden rw - tmpfs tmpfs rw
44 22 0:54 / /mnt/theirs rw - fuse.sshfs host: rw
45 41 0:55 / /mnt/with\\040space rw - fuse.havock8s data rw
`;

test('of mountinfo: ours that are on top, with their paths as they are; not those of others', () => {
  const entries = parseMountinfo(mountinfo);
  assert.deepEqual(
    ourMounts(entries).map(({ mountpoint, device }) => [mountpoint, device]),
    [['/mnt/with space', '0:55']],
  );
  assert.equal(mountOf(entries, '/mnt/theirs/deep')?.device, '0:54');
  assert.equal(mountOf(entries, '/mnt/theirs-too')?.mountpoint, '/');
});

const seenMount = (state: SeenMount['state'], rest: Partial<SeenMount> = {}): SeenMount => ({
  mountpoint: '/mnt/a b',
  device: '0:52',
  source: '/srv',
  through: '',
  state,
  backingTrouble: null,
  ...rest,
});

test('mounts: commands are quoted, go through process 1 where they must, and a pod’s is told by its uid', () => {
  assert.deepEqual(verdicts(judgeMounts([])), ['ok']);
  assert.deepEqual(verdicts(judgeMounts([seenMount('serves'), seenMount('dead')])), ['broken', 'ok']);
  assert.deepEqual(judgeMounts([seenMount('dead')])[0]?.mend, ["umount --lazy '/mnt/a b'"]);
  const through = 'nsenter --target 1 --mount -- ';
  const [hanging] = judgeMounts([seenMount('hangs', { through, mountpoint: '/mnt/a' })]);
  assert.ok(hanging?.mend.includes(`${through}umount --lazy /mnt/a`));
  assert.match(hanging?.mend.at(-1) ?? '', /sh -c 'echo 1 > \/sys\/fs\/fuse\/connections\/52\/abort'$/);
  const uid = '1f0c9c8e-0000-4000-8000-000000000001';
  const [ofPod] = judgeMounts([
    seenMount('dead', { mountpoint: `/var/lib/kubelet/pods/${uid}/volumes/x/y` }),
  ]);
  assert.ok(ofPod?.mend.some((one) => one.includes(`grep ${uid}`)));
  assert.deepEqual(verdicts(judgeMounts([seenMount('forbidden')])), ['unknown']);
  const backingTrouble = 'volume data: the disk beneath, /srv, does not answer (ENOTCONN)';
  for (const state of ['dead', 'hangs', 'serves'] as const) {
    const [blamed] = judgeMounts([seenMount(state, { backingTrouble })]);
    assert.equal(blamed?.verdict, 'broken');
    assert.equal(blamed?.found, `the mount is served, but ${backingTrouble}`);
    assert.ok(!blamed?.mend.some((one) => one.includes('umount')), 'ours is not to be unmounted');
  }
});

test('propagation: the kubelet’s root, wherever it is, and the mount that it lies on', () => {
  const entries = parseMountinfo(mountinfo);
  assert.equal(kubeletRoot(entries), '/var/lib/kubelet');
  assert.deepEqual(verdicts(judgePropagation({ root: '/var/lib/kubelet', entries })), ['ok']);
  const unshared = parseMountinfo(mountinfo.replace(' shared:1', ''));
  assert.match(
    judgePropagation({ root: '/var/lib/kubelet', entries: unshared })[0]?.mend[0] ?? '',
    /make-rshared/,
  );
  assert.deepEqual(verdicts(judgePropagation({ root: null, entries })), ['ok']);
});

const table =
  'chain hand-over-outbound {\n tproxy ip to 127.0.0.1:4000 accept\n tproxy ip6 to [::1]:4001 accept\n}';
const text = (it: string | null) => ({ kind: 'text', text: it }) as const;
const unseen = { kind: 'unseen', why: 'not permitted' } as const;
const ruleCases = [
  [{ table: text(null), routed: [], listening: new Set<number>(), supervisors: 0 }, 'ok'],
  [{ table: text(table), routed: ['-4'], listening: new Set([4001]), supervisors: 0 }, 'ok'],
  [{ table: text(table), routed: ['-4'], listening: new Set([5432]), supervisors: 3 }, 'broken'],
  [{ table: text(null), routed: ['-4'], listening: new Set<number>(), supervisors: 0 }, 'warning'],
  [{ table: text(null), routed: ['-4', '-6'], listening: new Set<number>(), supervisors: 1 }, 'ok'],
  [{ table: unseen, routed: [], listening: new Set<number>(), supervisors: 0 }, 'unknown'],
  [{ table: unseen, routed: ['-4'], listening: new Set<number>(), supervisors: 0 }, 'warning'],
] as const;

test('rules are somebody’s while one of their doors is open', () => {
  for (const [facts, verdict] of ruleCases)
    assert.deepEqual(verdicts(judgeRules(facts)), [verdict], JSON.stringify(facts));
  assert.deepEqual(doorsOf(table), [4000, 4001]);
  const listening =
    '  0: 0100007F:1538 00000000:0000 0A 0:0 0 0\n  1: 0100007F:1539 0100007F:0001 01 0:0 0 0\n';
  assert.deepEqual([...listeningPorts(listening)], [0x1538]);
});

test('processes: a ward without its supervisor is left; those of containers, PID 1s and the ended are not', () => {
  const one = { state: 'S', isInContainer: false, sharesNetwork: true };
  const local = { ...one, pid: 10, name: 'havock8s-local', parent: 1 };
  const ward = { ...one, pid: 11, name: 'havock8s-mount', parent: 10 };
  assert.deepEqual(verdicts(judgeProcesses([local, ward])), ['ok']);
  assert.deepEqual(judgeProcesses([ward])[0]?.mend[0], 'kill 11');
  assert.deepEqual(verdicts(judgeProcesses([{ ...ward, isInContainer: true }])), ['ok']);
  assert.deepEqual(verdicts(judgeProcesses([{ ...ward, parent: 0 }])), ['ok']);
  assert.deepEqual(verdicts(judgeProcesses([{ ...ward, state: 'Z' }])), ['ok']);
});

test('directories: left when their holder is gone; one that is starting, or may be another’s, is not', () => {
  const one = { path: '/x/havock8s-abcdef', ageMs: 3_600_000 };
  const of = (holder: 'gone' | 'listens' | 'none' | 'forbidden', supervisors = 0, ageMs = one.ageMs) =>
    verdicts(judgeDirectories({ directories: [{ ...one, holder, ageMs }], supervisors }));
  assert.deepEqual(of('gone', 5), ['warning']);
  assert.deepEqual(of('listens'), ['ok']);
  assert.deepEqual(of('none'), ['warning']);
  assert.deepEqual(of('none', 1), ['ok']);
  assert.deepEqual(of('none', 0, 10), ['ok']);
  assert.deepEqual(of('forbidden'), ['unknown']);
});
