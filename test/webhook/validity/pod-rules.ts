/**
 * What the API server checks of a pod beyond its schema (pkg/apis/core/validation), as far as a change of containers,
 * volumes and mounts could break it: each rule gives the problems it finds.
 */
import { readQuantity } from '../../../webhook/inject/quantity.js';

/** As far as the rules look into it; it has been held against the schema before. */
export interface CheckedPod {
  readonly spec: {
    readonly resources?: NonNullable<CheckedContainer['resources']>;
    readonly containers: readonly CheckedContainer[];
    readonly initContainers?: readonly CheckedContainer[];
    readonly volumes?: readonly { readonly name: string; readonly [source: string]: unknown }[];
  };
}

export interface CheckedContainer {
  readonly name: string;
  readonly restartPolicy?: string;
  readonly securityContext?: { readonly privileged?: boolean };
  readonly resources?: {
    readonly requests?: Readonly<Record<string, unknown>>;
    readonly limits?: Readonly<Record<string, unknown>>;
  };
  readonly ports?: readonly {
    readonly name?: string;
    readonly containerPort: number;
    readonly protocol?: string;
    readonly hostPort?: number;
  }[];
  readonly volumeMounts?: readonly CheckedMount[];
  readonly volumeDevices?: readonly { readonly name: string; readonly devicePath: string }[];
  readonly startupProbe?: unknown;
  readonly livenessProbe?: unknown;
  readonly readinessProbe?: unknown;
  readonly lifecycle?: unknown;
}

export interface CheckedMount {
  readonly name: string;
  readonly mountPath: string;
  readonly readOnly?: boolean;
  readonly subPath?: string;
  readonly subPathExpr?: string;
  readonly mountPropagation?: string;
  readonly recursiveReadOnly?: string;
}

export function brokenRules({ spec }: CheckedPod): readonly string[] {
  const { containers, initContainers = [], volumes = [] } = spec;
  const all = [...initContainers, ...containers];
  const volumeNames = volumes.map(({ name }) => name);
  return [
    ...repeated(all.map(({ name }) => name)).map((name) => `two containers are called ${name}`),
    ...repeated(volumeNames).map((name) => `two volumes are called ${name}`),
    ...[...all.map(({ name }) => name), ...volumeNames]
      .filter((name) => !/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(name))
      .map((name) => `${name} is not a DNS label`),
    ...volumes.flatMap(volumeProblems),
    ...repeated(all.flatMap(hostPorts)).map((port) => `two containers have the host port ${port}`),
    ...containers.flatMap(appProblems),
    ...initContainers.flatMap(initProblems),
    ...all.flatMap((container) =>
      [
        ...mountProblems(container, volumeNames),
        ...portProblems(container),
        ...resourceProblems(container),
      ].map((problem) => `${container.name}: ${problem}`),
    ),
  ];
}

const volumeProblems = ({ name, ...sources }: { readonly name: string }): readonly string[] =>
  Object.keys(sources).length === 1 ? [] : [`volume ${name} has ${Object.keys(sources).length} sources`];

/** Without its gate Kubernetes 1.34 does not refuse it, but takes it away. */
const appProblems = ({ name, restartPolicy }: CheckedContainer): readonly string[] =>
  restartPolicy === undefined ? [] : [`${name}: only an init container has a restartPolicy`];

const runningOnly = ['startupProbe', 'livenessProbe', 'readinessProbe', 'lifecycle'] as const;

function initProblems({ name, restartPolicy, ...fields }: CheckedContainer): readonly string[] {
  if (restartPolicy === 'Always') return [];
  const probes = runningOnly.filter((field) => fields[field] !== undefined);
  return [
    ...(restartPolicy === undefined ? [] : [`${name}: restartPolicy ${restartPolicy}`]),
    ...probes.map((field) => `${name}: only a restartable init container has a ${field}`),
  ];
}

function mountProblems(container: CheckedContainer, volumes: readonly string[]): readonly string[] {
  const { volumeMounts = [], volumeDevices = [], securityContext } = container;
  const paths = [
    ...volumeMounts.map(({ mountPath }) => mountPath),
    ...volumeDevices.map(({ devicePath }) => devicePath),
  ];
  return [
    ...repeated(paths).map((path) => `something is mounted twice at ${path}`),
    ...[...volumeMounts, ...volumeDevices]
      .filter(({ name }) => !volumes.includes(name))
      .map(({ name }) => `there is no volume ${name}`),
    ...volumeMounts
      .filter(({ name }) => volumeDevices.some((device) => device.name === name))
      .map(({ name }) => `${name} is both mounted and a device`),
    ...volumeMounts
      .filter(
        ({ mountPropagation }) =>
          mountPropagation === 'Bidirectional' && securityContext?.privileged !== true,
      )
      .map(({ mountPath }) => `${mountPath}: Bidirectional is for privileged containers`),
    ...volumeMounts.flatMap(pathProblems),
    ...volumeMounts.flatMap(readOnlyProblems),
  ];
}

function pathProblems({ mountPath, subPath, subPathExpr }: CheckedMount): readonly string[] {
  const isOutside = (path = ''): boolean => path.startsWith('/') || path.split('/').includes('..');
  return [
    ...(mountPath === '' ? ['a mountPath is empty'] : []),
    ...(isOutside(subPath) ? [`${mountPath}: subPath ${subPath} leads out of the volume`] : []),
    ...(isOutside(subPathExpr) ? [`${mountPath}: subPathExpr ${subPathExpr} leads out of the volume`] : []),
    ...(subPath && subPathExpr ? [`${mountPath}: subPath and subPathExpr exclude each other`] : []),
  ];
}

function readOnlyProblems(mount: CheckedMount): readonly string[] {
  const { mountPath, readOnly, mountPropagation, recursiveReadOnly } = mount;
  if (!['Enabled', 'IfPossible'].includes(recursiveReadOnly ?? '')) return [];
  return [
    ...(readOnly ? [] : [`${mountPath}: recursiveReadOnly is for what is readOnly`]),
    ...(mountPropagation === undefined || mountPropagation === 'None'
      ? []
      : [`${mountPath}: recursiveReadOnly goes with no propagation`]),
  ];
}

/** Two containers, and one, may have the same port: the API server only warns. Names and host ports are unique. */
const portProblems = ({ ports = [] }: CheckedContainer): readonly string[] => [
  ...repeated(ports.flatMap(({ name }) => name ?? [])).map((name) => `two ports are called ${name}`),
  ...ports
    .filter(({ containerPort }) => containerPort < 1 || containerPort > 65_535)
    .map(({ containerPort }) => `${containerPort} is not a port`),
];

const hostPorts = ({ ports = [] }: CheckedContainer): readonly string[] =>
  ports.flatMap(({ hostPort, protocol = 'TCP' }) => (hostPort ? `${hostPort}/${protocol}` : []));

function resourceProblems({ resources = {} }: CheckedContainer): readonly string[] {
  const { requests = {}, limits = {} } = resources;
  return [
    ...[...Object.values(requests), ...Object.values(limits)]
      .filter((amount) => (readQuantity(amount) ?? -1) < 0)
      .map((amount) => `${String(amount)} is not an amount`),
    ...Object.entries(requests)
      .filter(([name, amount]) => (readQuantity(limits[name]) ?? Infinity) < (readQuantity(amount) ?? 0))
      .map(([name]) => `its limit of ${name} is below its request`),
  ];
}

function repeated(items: readonly string[]): readonly string[] {
  return [...new Set(items.filter((item, index) => items.indexOf(item) !== index))];
}
