/**
 * Pods that an API server would take, of anything that injection looks at: several containers of each kind, volumes
 * of every kind, mounts in every way, resources, ports, annotations. What is generated freely is tidied afterwards:
 * names and paths become unique, and rules that the API server has are kept.
 */
import fc from 'fast-check';

type Json = Record<string, unknown>;

export interface ArbitraryPod {
  readonly apiVersion: 'v1';
  readonly kind: 'Pod';
  readonly metadata: {
    readonly name: string;
    readonly annotations: Record<string, string>;
    readonly labels?: Record<string, string>;
  } & Json;
  readonly spec: {
    readonly containers: readonly ArbitraryContainer[];
    readonly initContainers?: readonly ArbitraryContainer[];
    readonly volumes?: readonly ArbitraryVolume[];
  } & Json;
}

export type ArbitraryContainer = Json & {
  readonly name: string;
  readonly volumeMounts?: readonly ArbitraryMount[];
};
export type ArbitraryVolume = Json & { readonly name: string };
export type ArbitraryMount = Json & { readonly name: string; readonly mountPath: string };

const maybe = <T>(arbitrary: fc.Arbitrary<T>, freq = 1) => fc.option(arbitrary, { nil: undefined, freq });

/** Without the fields that are undefined, since JSON has none. */
const compact = <T>(value: object): T => JSON.parse(JSON.stringify(value)) as T;

const source = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ persistentVolumeClaim: { claimName: 'a-claim' } }) },
  fc.boolean().map((readOnly) => ({ persistentVolumeClaim: { claimName: 'b-claim', readOnly } })),
  fc.constant({
    ephemeral: {
      volumeClaimTemplate: {
        spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
      },
    },
  }),
  fc.constantFrom(
    { emptyDir: {} },
    { emptyDir: { medium: 'Memory', sizeLimit: '1Gi' } },
    { configMap: { name: 'config' } },
    { secret: { secretName: 'secret' } },
    { downwardAPI: { items: [] } },
    { projected: { sources: [{ serviceAccountToken: { path: 'token' } }] } },
    { hostPath: { path: '/var/log', type: '' } },
    { csi: { driver: 'csi.example.com', readOnly: true } },
    { nfs: { server: 'nfs', path: '/' } },
    { image: { reference: 'an/image:1' } },
  ),
);

/** Which volume is meant is known only once there are volumes. */
const mount = fc.record({
  volume: fc.nat(),
  path: fc.constantFrom('/data', '/wal', '/var/lib/db', '/scratch', '/a:b', '/etc/conf.d/x.yaml'),
  at: fc.oneof(
    { weight: 3, arbitrary: fc.constant({}) },
    fc.constantFrom({ subPath: 'pg' }, { subPath: 'a/b/c' }, { subPath: '' }, { subPath: 'a b~1' }),
    fc.constantFrom({ subPathExpr: '$(POD_NAME)' }, { subPathExpr: 'x/$(POD_NAME)/y' }, { subPathExpr: '' }),
  ),
  way: fc.oneof(
    { weight: 3, arbitrary: fc.constant({}) },
    fc.constantFrom(
      { readOnly: true },
      { readOnly: false },
      { readOnly: true, recursiveReadOnly: 'Enabled' },
      { readOnly: true, recursiveReadOnly: 'IfPossible', mountPropagation: 'None' },
      { recursiveReadOnly: 'Disabled' },
      { mountPropagation: 'None' },
      { mountPropagation: 'HostToContainer' },
      { mountPropagation: 'Bidirectional' },
    ),
  ),
});

const port = fc.record({
  containerPort: fc.integer({ min: 1, max: 65_535 }),
  protocol: maybe(fc.constantFrom('TCP', 'UDP', 'SCTP'), 3),
  isNamed: fc.boolean(),
});

const amounts = fc.constantFrom(['100m', '1Gi'], ['1', '512Mi'], ['2.5', '3e9'], ['0.25', '1G']);

const resources = fc.oneof(
  { weight: 2, arbitrary: fc.constant({}) },
  amounts.map(([cpu, memory]) => ({ limits: { cpu, memory } })),
  {
    weight: 3,
    arbitrary: amounts.map(([cpu, memory]) => ({ requests: { cpu, memory }, limits: { cpu, memory } })),
  },
  amounts.map(([cpu, memory]) => ({ requests: { cpu, memory } })),
  amounts.map(([, memory]) => ({ requests: { cpu: '50m' }, limits: { memory } })),
  fc.constant({ requests: { cpu: '100m', memory: '64Mi' }, limits: { cpu: 1, memory: '128Mi' } }),
);

const container = fc.record({
  name: fc.constantFrom('postgres', 'metrics', 'istio-proxy', 'backup', 'linkerd-proxy'),
  image: fc.constant('an/image:1'),
  ports: maybe(fc.array(port, { maxLength: 3 })),
  resources: maybe(resources, 4),
  mounts: maybe(fc.array(mount, { maxLength: 4 }), 4),
  device: fc.oneof({ weight: 5, arbitrary: fc.constant(undefined) }, fc.nat()),
});

const annotations = fc.record(
  {
    'havock8s.io/volumes': fc.constantFrom('none', 'volume-0', 'volume-1, volume-2', 'nowhere', ''),
    'havock8s.io/ports': fc.constantFrom('none', '5432', '8008,5432', 'http', ''),
    'havock8s.io/read-only-port': fc.constantFrom('none', '7807', '5432', '9100', 'of', ''),
    'havock8s.io/outbound-ports': fc.constantFrom('443', '5432, 6379', '0'),
    'havock8s.io/cpu': fc.constantFrom('250m', '0.3', '3', 'much'),
    'havock8s.io/cpu-limit': fc.constantFrom('1', '10m', '-1'),
    'havock8s.io/memory': fc.constantFrom('300Mi', '1024Mi', '3e8'),
    'havock8s.io/memory-limit': fc.constantFrom('1Mi', '2Gi'),
    'example.com/note': fc.string(),
  },
  { requiredKeys: [] },
);

const labels = fc.constantFrom<Record<string, string>>(
  { app: 'db' },
  { 'havock8s.io/injected': 'true' },
  { app: 'db', 'havock8s.io/injected': 'false' },
);

type Container = typeof container extends fc.Arbitrary<infer T> ? T : never;

export const arbitraryPod: fc.Arbitrary<ArbitraryPod> = fc
  .record({
    annotations,
    labels: maybe(labels),
    sources: fc.array(source, { maxLength: 5 }),
    containers: fc.array(container, { minLength: 1, maxLength: 3 }),
    initContainers: maybe(fc.array(fc.tuple(container, fc.boolean()), { minLength: 1, maxLength: 3 }), 4),
    /** Requests and limits everywhere, which is rare by chance. */
    isGuaranteed: fc.boolean(),
  })
  .map(({ annotations, labels, sources, containers, initContainers, isGuaranteed }) => {
    const volumes = sources.map((source, index) => ({ name: `volume-${index}`, ...source }));
    const tidy = (one: Container, at: string) =>
      tidied(isGuaranteed ? { ...one, resources: guaranteed } : one, { at, volumes });
    return compact<ArbitraryPod>({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'db-0', labels, annotations: { ...annotations, 'havock8s.io/inject': 'true' } },
      spec: {
        initContainers: initContainers?.map(([one, isSidecar], index) => ({
          ...tidy(one, `init-${index}`),
          ...(isSidecar ? { restartPolicy: 'Always' } : {}),
        })),
        containers: containers.map((one, index) => tidy(one, `${index}`)),
        // The API server writes no empty list.
        volumes: volumes.length > 0 ? volumes : undefined,
      },
    });
  });

const guaranteed = { requests: { cpu: '500m', memory: '1Gi' }, limits: { cpu: '0.5', memory: '1024Mi' } };

function tidied(
  { name, mounts, device, ports, ...rest }: Container,
  { at, volumes }: { readonly at: string; readonly volumes: readonly ArbitraryVolume[] },
): ArbitraryContainer {
  const raw = device === undefined ? undefined : volumes[device % Math.max(volumes.length, 1)];
  const isDevice = raw?.['persistentVolumeClaim'] !== undefined || raw?.['ephemeral'] !== undefined;
  const mountable = volumes.filter((volume) => !(isDevice && volume === raw));
  const volumeMounts = mounts?.flatMap(({ volume, path, at: below, way }, index) => {
    const one = mountable[volume % Math.max(mountable.length, 1)];
    return one === undefined ? [] : [{ name: one.name, mountPath: `${path}${index}`, ...below, ...way }];
  });
  const isPrivileged = volumeMounts?.some(
    (mount) => 'mountPropagation' in mount && mount.mountPropagation === 'Bidirectional',
  );
  return compact<ArbitraryContainer>({
    ...rest,
    // A mesh's proxy keeps its name where there is one.
    name: at === '0' ? name : `${name}-${at}`,
    ports: ports?.map(({ isNamed, ...port }, index) => ({
      ...port,
      name: isNamed ? `port-${index}` : undefined,
    })),
    volumeMounts,
    volumeDevices: isDevice ? [{ name: raw?.name, devicePath: '/dev/raw' }] : undefined,
    securityContext: isPrivileged ? { privileged: true } : undefined,
  });
}
