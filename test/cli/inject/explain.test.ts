/** explain -f: what the webhook would do to the pods of manifests, and why. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { askCli } from '../ask-cli.js';
import type { Ran } from '../run-cli.js';
import { temporaryFolders } from '../temporary-folders.js';

interface PodParts {
  readonly annotations?: string;
  readonly spec?: string;
}

const pod = ({ annotations = '', spec = '' }: PodParts): string => `apiVersion: v1
kind: Pod
metadata:
  name: pg
  annotations: {${annotations}}
spec:
  ${spec}
  containers:
    - name: postgres
      image: postgres:17
      ports: [{containerPort: 5432}]
      volumeMounts:
        - {name: data, mountPath: /pg, subPath: main, readOnly: true}
        - {name: conf, mountPath: /etc/pg}
  volumes:
    - {name: data, persistentVolumeClaim: {claimName: data}}
    - {name: conf, configMap: {name: pg}}
`;

async function explained(t: TestContext, text: string, ...args: readonly string[]): Promise<Ran> {
  const cwd = temporaryFolders(t);
  writeFileSync(join(cwd, 'pod.yaml'), text);
  return askCli(['explain', '-f', 'pod.yaml', ...args], { cwd });
}

const asking = 'havock8s.io/inject: "true"';

test('an injected pod: volumes, mounts from and to, ports, resources, what is left alone', async (t) => {
  const { code, stdout, stderr } = await explained(t, pod({ annotations: asking }));
  assert.equal(code, 0);
  const says = [
    /^Pod\/pg: its pods get the sidecar in namespace default$/m,
    /through the sidecar: volume data$/m,
    /postgres \/pg: volume data, subPath main, readOnly true -> volume havock8s-served, .*subPath data\/main$/ms,
    /intercepted coming in: port 5432$/m,
    /container havock8s-mount of \S+: requests cpu \w+, memory \w+; limits memory \w+$/m,
    /container havock8s-faults of /,
    /left alone: conf: no claim /,
  ];
  for (const pattern of says) assert.match(stdout, pattern);
  assert.match(stderr, /^assumed: namespace default has the label havock8s\.io\/injection=enabled$/m);
});

test('faults in plain English, and those that would hit nothing', async (t) => {
  const faults =
    'fault.havock8s.io/slow: disk latency 1s on fsync, fault.havock8s.io/cut: tcp reset port 6379';
  const { stdout } = await explained(t, pod({ annotations: `${asking}, ${faults}` }));
  assert.match(stdout, /fault slow: disk latency 1s on fsync\n {4}On every volume, fsync /);
  assert.match(stdout, /warning: fault\.havock8s\.io\/cut cannot hit: port 6379 is not\s+intercepted/);
});

test('a pod that nobody asked for says what asking would bring', async (t) => {
  const { stdout } = await explained(t, pod({}));
  assert.match(
    stdout,
    /^Pod\/pg: no sidecar: nobody asked for it\. With havock8s\.io\/inject: "true" on its pods/,
  );
  assert.match(stdout, /through the sidecar: volume data$/m);
});

test('a pod that cannot be injected says why, and nothing of volumes', async (t) => {
  const { stdout } = await explained(t, pod({ annotations: asking, spec: 'hostNetwork: true' }));
  assert.match(stdout, /^Pod\/pg: no sidecar: it has hostNetwork/);
  assert.doesNotMatch(stdout, /through the sidecar/);
});

test('a Namespace among the manifests is believed', async (t) => {
  const namespace = 'apiVersion: v1\nkind: Namespace\nmetadata: {name: default}\n---\n';
  const { stdout, stderr } = await explained(t, namespace + pod({ annotations: asking }));
  assert.match(stdout, /^Pod\/pg: no sidecar: its namespace lacks the label/);
  assert.equal(stderr, '');
});

test('--namespace is where a pod is that does not say', async (t) => {
  const { stdout } = await explained(t, pod({ annotations: asking }), '-n', 'shop');
  assert.match(stdout, /in namespace shop$/m);
});

test('a bad fault is shown with its caret, exit code 2', async (t) => {
  const { code, stderr } = await explained(t, pod({ annotations: 'fault.havock8s.io/a: disk latensy 1s' }));
  assert.equal(code, 2);
  assert.match(stderr, /^error: pod\.yaml:5:\d+ fault\.havock8s\.io\/a: .*\n {2}disk latensy 1s\n {7}\^{7} /);
});

test('--output json tells the same to programs', async (t) => {
  const { stdout } = await explained(t, pod({ annotations: asking }), '-o', 'json');
  const { workloads, assumedNamespaces } = JSON.parse(stdout);
  assert.deepEqual(assumedNamespaces, ['default']);
  const [{ verdict, reason, injection }] = workloads;
  assert.deepEqual([verdict, reason], ['injected', null]);
  assert.deepEqual(injection.volumes, ['data']);
  assert.deepEqual(
    injection.mounts.map((mount: { container: string; from: unknown; to: unknown }) => mount.from),
    [{ name: 'data', mountPath: '/pg', subPath: 'main', readOnly: true }],
  );
});

test('what was injected by hand is explained as it is', async (t) => {
  const cwd = temporaryFolders(t);
  writeFileSync(join(cwd, 'pod.yaml'), pod({}));
  const { stdout } = await askCli(['inject', '-f', 'pod.yaml'], { cwd });
  const { stdout: told } = await explained(t, stdout);
  assert.match(told, /^Pod\/pg: it has a sidecar of havock8s already, put there by hand\. What it has:$/m);
  assert.match(told, /postgres \/pg: volume data, .* -> volume havock8s-served/);
});

test('a sentence and a file do not go together, and one is required', async () => {
  const both = await askCli(['explain', '-f', 'x.yaml', 'disk', 'freeze']);
  assert.equal(both.code, 2);
  assert.match(both.stderr, /does not go with -f FILE/);
  assert.equal((await askCli(['explain'])).code, 2);
});

const obstacles: Readonly<Record<string, readonly [spec: string, code: string]>> = {
  'the network of its node': ['hostNetwork: true', 'host-network'],
  'users of its own': ['hostUsers: false', 'user-namespace'],
  'another system': ['os: {name: windows}', 'windows'],
};

for (const [name, [spec, code]] of Object.entries(obstacles)) {
  test(`a pod that nobody asked for, and that has ${name}: both stand there`, async (t) => {
    const { stdout } = await explained(t, pod({ spec }));
    assert.match(stdout, /^Pod\/pg: no sidecar: nobody asked for it$/m);
    assert.match(stdout, /^ {2}also in the way of a sidecar: it (has|is) /m);
    const json = await explained(t, pod({ spec }), '--output', 'json');
    const [workload] = JSON.parse(json.stdout).workloads;
    assert.deepEqual([workload.reason.code, workload.obstacle.code], ['not-asked', code]);
  });
}

test('a pod that nobody asked for, in a namespace whose Pod Security forbids it: both stand there', async (t) => {
  const namespace =
    'apiVersion: v1\nkind: Namespace\nmetadata: {name: default, labels: {pod-security.kubernetes.io/enforce: baseline}}\n';
  const { stdout } = await explained(t, `${namespace}---\n${pod({})}`);
  assert.match(stdout, /^Pod\/pg: no sidecar: nobody asked for it$/m);
  assert.match(stdout, /also in the way of a sidecar: .*the level is baseline/s);
});

test('a pod that is asked for, and has the network of its node, is told of it once', async (t) => {
  const { stdout } = await explained(t, pod({ annotations: asking, spec: 'hostNetwork: true' }));
  assert.match(stdout, /^Pod\/pg: no sidecar: it has hostNetwork/m);
  assert.doesNotMatch(stdout, /also in the way/);
});
