import assert from 'node:assert/strict';
import { test } from 'node:test';
import { uninject } from '../../webhook/uninject.js';
import { admitted, aPod, type InjectedPod, injected, patched } from './a-pod.js';

const namesOf = (items: readonly { readonly name: string }[]): readonly string[] =>
  items.map(({ name }) => name);

const sidecarsOf = ({ spec }: InjectedPod) => {
  const named = (name: string) => spec.initContainers.find((container) => container.name === name);
  return { mount: named('havock8s-mount'), faults: named('havock8s-faults') };
};

const readOnlyArgs = [
  '--read-only-port=7807',
  '--pod=$(HAVOCK8S_POD_NAMESPACE)/$(HAVOCK8S_POD_NAME)/$(HAVOCK8S_POD_UID)',
];

test('both sidecars go first among the init containers, the one that mounts before the one that serves', () => {
  const { pod } = injected(aPod({ initContainers: [{ name: 'prepare', image: 'busybox' }] }));
  assert.deepEqual(namesOf(pod.spec.initContainers), ['havock8s-mount', 'havock8s-faults', 'prepare']);
  assert.deepEqual(namesOf(pod.spec.volumes), ['data', 'havock8s-served', 'havock8s-run', 'havock8s-pod']);
});

test('a pod of ports alone has no container that mounts, and no privilege but NET_ADMIN', () => {
  const { pod } = injected(aPod({ volumes: [], container: { volumeMounts: [] } }));
  const { mount, faults } = sidecarsOf(pod);
  assert.equal(mount, undefined);
  assert.deepEqual(faults?.securityContext.capabilities, { drop: ['ALL'], add: ['NET_ADMIN'] });
  assert.deepEqual(namesOf(pod.spec.volumes), ['havock8s-run', 'havock8s-pod']);
});

test('a pod of volumes alone has no NET_ADMIN', () => {
  const { pod } = injected(aPod({ container: { ports: [] } }));
  const { faults } = sidecarsOf(pod);
  assert.ok(!faults?.securityContext.capabilities?.add.includes('NET_ADMIN'));
  assert.deepEqual(faults?.args, ['faults', '--volume=data', ...readOnlyArgs, '--log-level=info']);
});

test('only the container that mounts is privileged, and both are root without a writable root file system', () => {
  const { mount, faults } = sidecarsOf(
    injected(aPod({ spec: { securityContext: { runAsNonRoot: true } } })).pod,
  );
  assert.equal(mount?.securityContext['privileged'], true);
  assert.equal(faults?.securityContext['privileged'], undefined);
  assert.equal(faults?.securityContext['allowPrivilegeEscalation'], false);
  for (const container of [mount, faults]) {
    assert.equal(container?.securityContext['runAsUser'], 0);
    assert.equal(container?.securityContext['runAsNonRoot'], false);
    assert.equal(container?.securityContext['readOnlyRootFilesystem'], true);
    assert.deepEqual(container?.securityContext['seccompProfile'], { type: 'RuntimeDefault' });
  }
});

test('what is served lies in memory, where the teardown of a pod deletes nothing through a live mount', () => {
  const { pod } = injected(aPod());
  const served = pod.spec.volumes.find(({ name }) => name === 'havock8s-served');
  assert.deepEqual(served?.emptyDir, { medium: 'Memory', sizeLimit: '1Mi' });
});

test('the sidecars get no token of the pod', () => {
  const { pod } = injected(aPod());
  for (const { volumeMounts } of pod.spec.initContainers) {
    const token = volumeMounts.find(
      ({ mountPath }) => mountPath === '/var/run/secrets/kubernetes.io/serviceaccount',
    );
    assert.equal(token?.name, 'havock8s-pod');
  }
});

test('every mount of a chosen volume is moved, of init containers too, and keeps what it says', () => {
  const pod = aPod({
    initContainers: [
      { name: 'prepare', volumeMounts: [{ name: 'data', mountPath: '/d', subPath: 'a/b', readOnly: true }] },
    ],
    container: {
      volumeMounts: [
        { name: 'data', mountPath: '/data', subPathExpr: '$(POD)/x', futureField: 1 },
        { name: 'config', mountPath: '/etc/pg' },
        { name: 'data', mountPath: '/wal' },
      ],
    },
    volumes: [
      { name: 'data', ephemeral: { volumeClaimTemplate: {} } },
      { name: 'config', configMap: { name: 'pg' } },
    ],
  });
  const { spec } = injected(pod).pod;
  const served = { name: 'havock8s-served', mountPropagation: 'HostToContainer' };
  assert.deepEqual(spec.initContainers[2]?.volumeMounts, [
    { ...served, mountPath: '/d', subPath: 'data/a/b', readOnly: true },
  ]);
  assert.deepEqual(spec.containers[0]?.volumeMounts, [
    { ...served, mountPath: '/data', subPathExpr: 'data/$(POD)/x', futureField: 1 },
    { name: 'config', mountPath: '/etc/pg' },
    { ...served, mountPath: '/wal', subPath: 'data' },
  ]);
});

test('a claim that is read-only is served and mounted read-only', () => {
  const { pod } = injected(
    aPod({ volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'a', readOnly: true } }] }),
  );
  const { mount, faults } = sidecarsOf(pod);
  assert.deepEqual(mount?.args, ['mount', '--volume=data:ro']);
  assert.ok(
    faults?.volumeMounts.some(
      ({ mountPath, readOnly }) => mountPath === '/havock8s/backing/data' && readOnly,
    ),
  );
});

test('volumes and ports can be named', () => {
  const { pod, notes } = injected(
    aPod({
      annotations: {
        'havock8s.io/volumes': 'scratch, nowhere,token',
        'havock8s.io/ports': '8008,http,0,5432,70000, 8008',
        'havock8s.io/outbound-ports': '443',
      },
      container: {
        volumeMounts: [
          { name: 'data', mountPath: '/data' },
          { name: 'scratch', mountPath: '/scratch' },
          { name: 'token', mountPath: '/token' },
        ],
      },
      volumes: [
        { name: 'data', persistentVolumeClaim: { claimName: 'a' } },
        { name: 'scratch', emptyDir: {} },
        { name: 'token', projected: {} },
      ],
    }),
  );
  assert.deepEqual(sidecarsOf(pod).faults?.args, [
    'faults',
    '--volume=scratch',
    '--inbound=5432,8008',
    '--outbound=443',
    '--node=$(HAVOCK8S_HOST_IPS)',
    ...readOnlyArgs,
    '--log-level=info',
  ]);
  assert.deepEqual(notes, [
    { code: 'unknown-volume', subject: 'nowhere' },
    { code: 'unsuited-volume', subject: 'token' },
    { code: 'bad-port', subject: 'http' },
    { code: 'bad-port', subject: '0' },
    { code: 'bad-port', subject: '70000' },
  ]);
});

test('declared ports are those of TCP, of containers that go on running, and not of a mesh', () => {
  const { status } = injected(
    aPod({
      container: {
        ports: [
          { containerPort: 5432, protocol: 'TCP' },
          { containerPort: 53, protocol: 'UDP' },
        ],
      },
      initContainers: [
        { name: 'metrics', restartPolicy: 'Always', ports: [{ containerPort: 9187 }] },
        { name: 'once', ports: [{ containerPort: 1234 }] },
        { name: 'istio-proxy', restartPolicy: 'Always', ports: [{ containerPort: 15090 }] },
      ],
    }),
  );
  assert.deepEqual(status.inbound, [5432, 9187]);
});

test('block devices, Bidirectional mounts and volumes that nobody mounts are left alone', () => {
  const claim = (name: string) => ({ name, persistentVolumeClaim: { claimName: name } });
  const parts = {
    container: {
      volumeDevices: [{ name: 'raw', devicePath: '/dev/xvda' }],
      volumeMounts: [{ name: 'host', mountPath: '/host', mountPropagation: 'Bidirectional' }],
    },
    volumes: [claim('raw'), claim('host'), claim('idle')],
  };
  const left = [
    { code: 'block-device', subject: 'raw' },
    { code: 'bidirectional-mount', subject: 'host' },
  ];
  assert.deepEqual(injected(aPod(parts)).notes, left);
  const named = aPod({ ...parts, annotations: { 'havock8s.io/volumes': 'raw,host,idle' } });
  assert.deepEqual(injected(named).notes, [...left, { code: 'unused-volume', subject: 'idle' }]);
});

test('a claim that some container mounts HostToContainer comes to the sidecar alike, and so back', () => {
  const claim = (name: string) => ({ name, persistentVolumeClaim: { claimName: name } });
  const pod = aPod({
    initContainers: [
      {
        name: 'prepare',
        volumeMounts: [{ name: 'wal', mountPath: '/wal', mountPropagation: 'HostToContainer' }],
      },
    ],
    container: {
      volumeMounts: [
        { name: 'data', mountPath: '/data', mountPropagation: 'HostToContainer', readOnly: true },
        { name: 'wal', mountPath: '/wal', mountPropagation: 'None' },
        { name: 'rest', mountPath: '/rest', mountPropagation: 'None' },
      ],
    },
    volumes: [claim('data'), claim('wal'), claim('rest')],
  });
  const { pod: after, notes } = injected(pod);
  assert.deepEqual(notes, []);
  const ofDisks = sidecarsOf(after).faults?.volumeMounts.filter(({ name }) =>
    ['data', 'wal', 'rest'].includes(name),
  );
  const followed = { mountPropagation: 'HostToContainer' };
  assert.deepEqual(ofDisks, [
    { name: 'data', mountPath: '/havock8s/backing/data', readOnly: true, ...followed },
    { name: 'wal', mountPath: '/havock8s/backing/wal', ...followed },
    { name: 'rest', mountPath: '/havock8s/backing/rest' },
  ]);
  assert.deepEqual(injected(after).patch, []);
  assert.deepEqual(patched(after, uninject(after) ?? []), pod);
});

test('a volume in memory is left alone: what is written to it would count as memory of the sidecar', () => {
  const mediums = ['Memory', 'HugePages', 'HugePages-2Mi', 'of-later'];
  const names = ['scratch', 'disk', ...mediums.map((_, index) => `memory-${index}`)];
  const { pod, notes } = injected(
    aPod({
      annotations: { 'havock8s.io/volumes': names.join(',') },
      container: { volumeMounts: names.map((name) => ({ name, mountPath: `/${name}` })) },
      volumes: [
        { name: 'scratch', emptyDir: {} },
        { name: 'disk', emptyDir: { medium: '', sizeLimit: '1Gi' } },
        ...mediums.map((medium, index) => ({ name: `memory-${index}`, emptyDir: { medium } })),
      ],
    }),
  );
  assert.deepEqual(
    sidecarsOf(pod).faults?.args?.filter((arg) => arg.startsWith('--volume=')),
    ['--volume=scratch', '--volume=disk'],
  );
  assert.deepEqual(
    notes,
    mediums.map((_, index) => ({ code: 'memory-volume', subject: `memory-${index}` })),
  );
});

test('what Kubernetes refuses beside a propagation goes, is told, and comes back', () => {
  const pod = aPod({
    container: {
      volumeMounts: [
        { name: 'data', mountPath: '/a', readOnly: true, recursiveReadOnly: 'Enabled' },
        { name: 'data', mountPath: '/b', mountPropagation: 'None' },
      ],
    },
  });
  const { pod: after, notes } = injected(pod);
  assert.ok(after.spec.containers[0]?.volumeMounts.every((mount) => !('recursiveReadOnly' in mount)));
  assert.deepEqual(notes, [{ code: 'recursive-read-only', subject: 'postgres:/a' }]);
  assert.deepEqual(patched(after, uninject(after) ?? []), pod);
});

test('more volumes than can be served leave the pod as it is', () => {
  const names = Array.from({ length: 200 }, (_, index) => `data-${index}`);
  const admission = admitted(
    aPod({
      container: { volumeMounts: names.map((name) => ({ name, mountPath: `/${name}` })) },
      volumes: names.map((name) => ({ name, persistentVolumeClaim: { claimName: name } })),
    }),
  );
  assert.equal(admission.kind === 'skip' && admission.reason, 'too-many-volumes');
});

test('a second pass changes nothing, also after the API server filled in its defaults', () => {
  const { pod } = injected(aPod());
  assert.deepEqual(injected(pod).patch, []);
  const defaulted = structuredClone(pod) as unknown as {
    spec: { initContainers: Record<string, unknown>[] };
  };
  for (const container of defaulted.spec.initContainers)
    container['terminationMessagePath'] = '/dev/termination-log';
  assert.deepEqual(injected(defaulted).patch, []);
});

test('a second pass takes in what another injector added meanwhile', () => {
  const { pod } = injected(aPod());
  const changed = structuredClone(pod) as unknown as {
    spec: { containers: unknown[]; initContainers: unknown[] };
  };
  changed.spec.initContainers.unshift({ name: 'istio-init' });
  changed.spec.containers.push({ name: 'backup', volumeMounts: [{ name: 'data', mountPath: '/backup' }] });
  const { pod: after } = injected(changed);
  assert.deepEqual(namesOf(after.spec.initContainers), ['havock8s-mount', 'havock8s-faults', 'istio-init']);
  assert.equal(after.spec.containers[1]?.volumeMounts[0]?.name, 'havock8s-served');
  assert.deepEqual(injected(after).patch, []);
});

test('a second pass puts right what another webhook broke', () => {
  const { pod } = injected(aPod());
  const broken = structuredClone(pod) as unknown as { spec: { initContainers: Record<string, unknown>[] } };
  for (const container of broken.spec.initContainers) delete container['restartPolicy'];
  assert.deepEqual(injected(broken).pod, pod);
});

test('taking back gives the pod as it was, and knows where nothing is ours', () => {
  const bare = { spec: { containers: [{ name: 'a', ports: [{ containerPort: 80 }] }] } };
  const config = { podSelector: {} };
  for (const pod of [aPod(), bare, { ...bare, metadata: { name: 'x' } }]) {
    const { pod: after } = injected(pod, { config });
    const back = patched(after, uninject(after) ?? []);
    assert.deepEqual(withMetadata(back), withMetadata(pod));
    assert.equal(uninject(pod), null);
  }
  assert.equal(uninject('no pod'), null);
});

const withMetadata = (pod: object): object => ({ metadata: {}, ...pod });

test('the patch has one operation for each thing that changes, and rewrites nothing else', () => {
  const { patch } = injected(aPod({ initContainers: [{ name: 'prepare' }] }));
  assert.deepEqual(
    patch.map(({ op, path }) => `${op} ${path}`),
    [
      'replace /spec/containers/0/volumeMounts/0',
      'add /spec/volumes/-',
      'add /spec/volumes/-',
      'add /spec/volumes/-',
      'add /spec/initContainers/0',
      'add /spec/initContainers/0',
      'add /metadata/labels',
      'add /metadata/annotations/havock8s.io~1status',
    ],
  );
});
