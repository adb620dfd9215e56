/**
 * The two native sidecars as they stand in the pod. Kubernetes allows `Bidirectional` only where a container is
 * privileged: so that is the holder, which has no port and parses nothing of anybody; the fault proxies have what their
 * system calls take.
 */
import { path, podVolume, readOnlyPortName, sidecar } from '../../core/pod-layout.js';
import { startupProbe } from '../../core/pod-timeouts.js';
import type { InjectionConfig } from '../injection-config.js';
import type { ChosenVolume } from './choose-volumes.js';
import type { ResourceChoice, Resources } from './sidecar-resources.js';

export interface SidecarOptions {
  readonly volumes: readonly ChosenVolume[];
  readonly inbound: readonly number[];
  readonly outbound: readonly number[];
  readonly readOnlyPort: number | null;
  readonly resources: ResourceChoice;
  readonly config: InjectionConfig;
}

/** A container of the Kubernetes API, as it is added. */
export interface SidecarContainer {
  readonly name: string;
  readonly [field: string]: unknown;
}

/** First the one that the other needs. A pod without a volume has no holder. */
export function sidecars(options: SidecarOptions): readonly SidecarContainer[] {
  return options.volumes.length > 0 ? [mount(options), faults(options)] : [faults(options)];
}

/** Its probe asks for the socket: until the fault proxies serve, whoever touches the mount waits for them. */
const mount = ({ volumes, resources, config }: SidecarOptions): SidecarContainer =>
  container(sidecar.mount, config, {
    args: ['mount', ...volumes.map(volumeArgument)],
    probe: ['test', '-S', path.holderSocket],
    resources: resources.mount,
    // The pod's own profile may forbid to mount.
    securityContext: { ...asRoot, privileged: true, appArmorProfile: { type: 'Unconfined' } },
    volumeMounts: [
      { name: podVolume.served, mountPath: path.served, mountPropagation: 'Bidirectional' },
      { name: podVolume.run, mountPath: path.run },
      noCredentials,
    ],
  });

function faults({
  volumes,
  inbound,
  outbound,
  readOnlyPort,
  resources,
  config,
}: SidecarOptions): SidecarContainer {
  const isIntercepting = inbound.length > 0 || outbound.length > 0;
  return container(sidecar.faults, config, {
    args: [
      'faults',
      ...volumes.map(volumeArgument),
      ...portArgument('inbound', inbound),
      ...portArgument('outbound', outbound),
      ...(isIntercepting ? [`--node=$(${hostIpsVariable})`] : []),
      ...(readOnlyPort === null ? [] : [`--read-only-port=${readOnlyPort}`, podArgument]),
      ...(config.openControl ? ['--open-control'] : []),
      `--log-level=${config.logLevel}`,
    ],
    env: [...(isIntercepting ? [hostIps] : []), ...(readOnlyPort === null ? [] : podNames)],
    ports:
      readOnlyPort === null ? [] : [{ name: readOnlyPortName, containerPort: readOnlyPort, protocol: 'TCP' }],
    probe: ['test', '-e', path.serving],
    resources: resources.faults,
    securityContext: {
      ...asRoot,
      allowPrivilegeEscalation: false,
      capabilities: {
        drop: ['ALL'],
        add: [...(volumes.length > 0 ? diskCapabilities : []), ...(isIntercepting ? ['NET_ADMIN'] : [])],
      },
    },
    volumeMounts: [
      { name: podVolume.run, mountPath: path.run },
      { name: podVolume.pod, mountPath: path.pod, readOnly: true },
      ...volumes.map(({ name, readOnly, followsNode }) => ({
        name,
        mountPath: `${path.backing}/${name}`,
        ...(readOnly ? { readOnly } : {}),
        ...(followsNode ? { mountPropagation: 'HostToContainer' } : {}),
      })),
      noCredentials,
    ],
  });
}

const volumeArgument = ({ name, readOnly }: ChosenVolume): string =>
  `--volume=${name}${readOnly ? ':ro' : ''}`;

const portArgument = (way: string, ports: readonly number[]): readonly string[] =>
  ports.length > 0 ? [`--${way}=${ports.join(',')}`] : [];

/** What a file server does in the name of others. The last two let it act as them: what is made is theirs at once. */
const diskCapabilities = [
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'MKNOD',
  'SETFCAP',
  'SETGID',
  'SETUID',
];

const fromPod = (name: string, fieldPath: string) => ({ name, valueFrom: { fieldRef: { fieldPath } } });

/** Of the node, whose kubelet is not to be cut off by faults that do not name it. */
const hostIpsVariable = 'HAVOCK8S_HOST_IPS';
const hostIps = fromPod(hostIpsVariable, 'status.hostIPs');

/** By which whoever reads there knows that it is the pod that he means, and not one that got its address since. */
const podNames = [
  fromPod('HAVOCK8S_POD_NAMESPACE', 'metadata.namespace'),
  fromPod('HAVOCK8S_POD_NAME', 'metadata.name'),
  fromPod('HAVOCK8S_POD_UID', 'metadata.uid'),
];
const podArgument = `--pod=${podNames.map(({ name }) => `$(${name})`).join('/')}`;

/** Whatever the pod says of its own user: these capabilities are root's. */
const asRoot = {
  runAsUser: 0,
  runAsGroup: 0,
  runAsNonRoot: false,
  readOnlyRootFilesystem: true,
  seccompProfile: { type: 'RuntimeDefault' },
} as const;

/**
 * Once a webhook has changed a pod, the API server goes over it again and gives every container the pod's token,
 * unless something is mounted there already.
 */
const noCredentials = {
  name: podVolume.pod,
  mountPath: '/var/run/secrets/kubernetes.io/serviceaccount',
  readOnly: true,
};

interface ContainerParts {
  readonly args: readonly string[];
  readonly env?: readonly unknown[];
  readonly ports?: readonly unknown[];
  readonly probe: readonly string[];
  readonly resources: Resources;
  readonly securityContext: unknown;
  readonly volumeMounts: readonly unknown[];
}

/** `restartPolicy: Always` is what makes a sidecar of an init container: the next one waits for its startup probe. */
function container(
  name: string,
  { image, imagePullPolicy }: InjectionConfig,
  { args, env = [], ports = [], probe, resources, securityContext, volumeMounts }: ContainerParts,
): SidecarContainer {
  return {
    name,
    image,
    imagePullPolicy,
    restartPolicy: 'Always',
    args,
    ...(env.length > 0 ? { env } : {}),
    ...(ports.length > 0 ? { ports } : {}),
    resources,
    startupProbe: { exec: { command: probe }, ...startupProbe },
    securityContext,
    volumeMounts,
  };
}
