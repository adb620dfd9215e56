/**
 * Pods of an API server without nodes: their sidecar is a real list of faults behind a real endpoint, and what the kubelet
 * does, to carry annotations to it, is done here.
 */
import type { TestContext } from 'node:test';
import { systemClock } from '../../../core/clock.js';
import { annotation, faultPrefix } from '../../../core/keys.js';
import type { Kubectl } from '../../../dev/cluster/kubectl.js';
import { connect } from '../../../kube/connect.js';
import type { OwnerReference } from '../../../kube/kube-object.js';
import { resources } from '../../../kube/resources.js';
import { WatchCache } from '../../../kube/watch-cache.js';
import type { SidecarFacts } from '../../../sidecar/control/status.js';
import type { FaultRegistry } from '../../../sidecar/registry/fault-registry.js';
import { aPod, type FullPod, type PodOptions } from '../../cli/cluster/a-pod.js';
import { type StartedControl, someFacts, startedControl } from '../../sidecar/control/started-control.js';
import { annotations } from '../../sidecar/registry/opened-registry.js';

/** Of all of them. */
export const namespace = 'shop';

export interface NewPod extends PodOptions {
  readonly name: string;
  readonly isInjected?: boolean;
  readonly isReady?: boolean;
  readonly owner?: OwnerReference;
}

/** Resolves when it has the address where stand-ins listen. */
export async function createPod(
  { kubeconfig }: Pick<Kubectl, 'kubeconfig'>,
  { isInjected = true, isReady = false, owner, ...options }: NewPod,
): Promise<void> {
  const api = connect({ kubeconfig });
  const { status, ...made } = aPod(options);
  const metadata = { ...made.metadata, ...(owner && { ownerReferences: [owner] }) };
  const pod = { ...made, metadata };
  const pods = { resource: resources.pods, namespace };
  await api.create(pods, isInjected ? pod : withoutSidecar(pod));
  const conditions = isReady ? [{ type: 'Ready', status: 'True' }] : [];
  const body = { status: { ...status, conditions, podIP: '127.0.0.1', podIPs: [{ ip: '127.0.0.1' }] } };
  await api.patch({ ...pods, name: options.name, subresource: 'status' }, { kind: 'merge', body });
}

function withoutSidecar({ metadata, spec, ...rest }: Omit<FullPod, 'status'>): Omit<FullPod, 'status'> {
  const { initContainers: _, ...others } = spec as Readonly<Record<string, unknown>>;
  const { [annotation.status]: __, ...annotations } = metadata.annotations ?? {};
  return { ...rest, metadata: { ...metadata, annotations }, spec: others };
}

/** Of a stand-in that does not say whose sidecar it is. */
export const ofAnyPod = (): SidecarFacts => ({ ...someFacts(), pod: null });

/** Its faults end by the time of day, as the controller's do. */
export async function sidecarOfToday(t: TestContext, tickMs = 50): Promise<StartedControl> {
  const sidecar = await startedControl(t, ofAnyPod);
  const { clock } = sidecar;
  clock.step(Date.now() - clock.wallMs());
  const ticker = setInterval(() => clock.advance(Math.max(0, Date.now() - clock.wallMs())), tickMs);
  t.after(() => clearInterval(ticker));
  return sidecar;
}

export interface Followed {
  readonly pod: string;
  readonly registry: FaultRegistry;
}

/** As the kubelet and the watcher of the file do. */
export function followAnnotations(
  t: TestContext,
  { kubeconfig }: Kubectl,
  ...followed: readonly Followed[]
): void {
  const registries = new Map(followed.map(({ pod, registry }) => [pod, registry]));
  const pods = new WatchCache({
    api: connect({ kubeconfig }),
    selection: { resource: resources.pods, namespace },
    keep: ({ metadata }) => metadata,
    clock: systemClock,
    random: Math.random,
  });
  t.after(() => pods.stop());
  pods.onChange((change) => {
    if (change.kind === 'removed') return;
    const { name, annotations: found = {} } = change.item;
    const { [annotation.disarm]: before, ...others } = found;
    const named = Object.entries(others).flatMap(([key, sentence]) =>
      key.startsWith(faultPrefix) ? [[key.slice(faultPrefix.length), sentence] as const] : [],
    );
    const beforeMs = before === undefined ? null : Date.parse(before);
    void registries.get(name)?.setAnnotations(annotations(Object.fromEntries(named), beforeMs));
  });
}
