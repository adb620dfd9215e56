/**
 * Pods of a cluster: reached by their annotations, which are durable, audited and subject to the rights of the cluster, and
 * believed by what their sidecars say at the read-only port.
 *
 *     arm, disarm ─► annotation of the pod ─► its sidecar
 *     look ◄─ pods watched ── sidecars asked ── what safety says
 */
import { hasCode } from '../../../core/havoc-error.js';
import { faultPrefix } from '../../../core/keys.js';
import { resources } from '../../../kube/resources.js';
import { placesOf as placesOfFault } from '../../engine/fault-moves.js';
import type { ObservedCluster } from '../../engine/moves.js';
import type { Run } from '../../engine/run.js';
import type { ChangeAction } from '../../file/planned-steps.js';
import type { Place, RunEvent } from '../../journal/events.js';
import type { AskedFault, KnownChange, PlannedChange, Sight, World } from '../../world.js';
import { changerOf } from './changer.js';
import type { Changing } from './changing.js';
import type { KubernetesWorldOptions } from './kubernetes-world-options.js';
import { assertFits, withAddresses } from './peers.js';
import { annotationName, PodFaults } from './pod-faults.js';
import type { PodView } from './pod-view.js';
import { found } from './resolve-targets.js';
import { SidecarClocks } from './sidecar-clocks.js';
import { TakenNodes } from './taken-nodes.js';
import { TargetsNow } from './targets-now.js';

export class KubernetesWorld implements World {
  readonly lookEveryMs = 1000;
  readonly #options: KubernetesWorldOptions;
  readonly #faults: PodFaults;
  readonly #targets: TargetsNow;
  readonly #clocks: SidecarClocks;
  readonly #nodes: TakenNodes;
  #tell: (runEvent: RunEvent) => void = () => {};
  /** Annotations that this process has written and not taken away, by UID of the pod and name: a watch may be late. */
  readonly #written = new Set<string>();

  constructor(options: KubernetesWorldOptions) {
    const { name, namespace, cluster, readSidecar, clock } = options;
    this.#options = options;
    this.#targets = new TargetsNow(options, (event) => this.#tell(event));
    this.#clocks = new SidecarClocks({ clock, readSidecar });
    this.#nodes = new TakenNodes({ ...options, tell: (event) => this.#tell(event) });
    this.#faults = new PodFaults({
      ...{ run: name, readSidecar: (pod) => this.#clocks.read(pod), wallMs: () => clock.wallMs() },
      pod: (pod) => cluster.pod(namespace, pod),
      isWritten: ({ uid }, annotation) => this.#written.has(`${uid} ${annotation}`),
      addressed: (sentence, place, run, written) =>
        this.#clocks.inItsTime(this.#addressed(sentence, place, run), place.uid, written),
    });
  }

  async look(run: Run): Promise<Sight> {
    const now = await this.#options.cluster.pods(this.#options.namespace);
    const [faults, cluster] = await Promise.all([this.#faults.look(run), this.#targets.look(run, now)]);
    if (run.phase === 'before') return { faults, cluster: await this.#withClocks(cluster) };
    const areBack = await this.#nodes.areBack(run);
    const recovered = new Set([...cluster.recovered, ...(areBack ? (['nodes'] as const) : [])]);
    return { faults, cluster: { ...cluster, recovered } };
  }

  /** Before the first fault, what the clocks of those that are to have one say against it. */
  async #withClocks(cluster: ObservedCluster): Promise<ObservedCluster> {
    const places = this.#options.plan.steps.flatMap(({ action }) =>
      action.kind === 'fault' ? placesOfFault(action, cluster) : [],
    );
    const pods = new Set(places.flatMap((place) => (place && this.#podAt(place)) ?? []));
    await this.#clocks.learn([...pods]);
    const refusals = [...pods].flatMap((pod) => this.#clocks.refusal(pod) ?? []);
    return { ...cluster, refusals: [...cluster.refusals, ...refusals] };
  }

  /** No process of a cluster is killed by its number. */
  pids() {
    return { command: null, 'fault-proxy': null };
  }

  async kill(): Promise<void> {
    throw new Error('in a cluster no process is killed by its number');
  }

  async arm({ fault, sentence, place }: AskedFault, run: Run): Promise<string> {
    if (place === null) return sentence;
    const name = annotationName(this.#options.name, fault);
    const pod = this.#podAt(place);
    if (pod !== undefined) await this.#learnClock(pod);
    const written = pod?.faults.get(name);
    const asked = this.#clocks.inItsTime(this.#addressed(sentence, place, run), place.uid, written);
    assertFits(asked, place);
    if (written !== asked) await this.#annotate(place, name, asked);
    return asked;
  }

  /** Also of a pod that came later. */
  async #learnClock(pod: PodView): Promise<void> {
    await this.#clocks.learn([pod]);
    const refusal = this.#clocks.refusal(pod);
    if (refusal !== null) throw new Error(refusal);
  }

  #addressed(sentence: string, place: Place, { targets }: Run): string {
    const { cluster, namespace, spec } = this.#options;
    const pods = cluster.known(namespace);
    return withAddresses(sentence, place, {
      pods,
      podsOf: (name) => {
        const target = spec.targets.find((one) => one.name === name);
        if (target?.role === undefined && target?.mode === 'all')
          return found(target, pods, cluster.ownersOf);
        // By their names, which those that come in their place have too.
        const chosen = new Set(targets?.get(name)?.map(({ pod }) => pod));
        return pods.filter((pod) => chosen.has(pod.name));
      },
    });
  }

  async disarm(fault: string, place: Place | null): Promise<void> {
    await this.#annotate(place, annotationName(this.#options.name, fault), null);
  }

  hold(): Promise<void> {
    return this.#options.hold();
  }

  async planChange(action: ChangeAction, run: Run): Promise<readonly PlannedChange[]> {
    const places = placesOf(action, run);
    const pods = places.flatMap((place) => this.#podAt(place) ?? []);
    return changerOf(action.change).plan(pods, this.#changing());
  }

  change(known: KnownChange, { change }: ChangeAction): Promise<string> {
    return changerOf(change).make(known, this.#changing());
  }

  takeBack(known: KnownChange, { change }: ChangeAction): Promise<string> {
    return changerOf(change).takeBack(known, this.#changing());
  }

  begin(tell: (runEvent: RunEvent) => void): void {
    this.#tell = tell;
  }

  /** Watches nothing any more. */
  async close(): Promise<void> {
    await this.#nodes.stop();
  }

  #changing(): Changing {
    const { api, clock, namespace, name, uid, cluster } = this.#options;
    const podOf = ({ subject: { name: pod, uid } }: PlannedChange): PodView | undefined =>
      this.#podAt({ pod, uid });
    return { api, clock, run: { namespace, name, uid }, ownersOf: cluster.ownersOf, podOf };
  }

  #podAt({ pod, uid }: Pick<Place, 'pod' | 'uid'>): PodView | undefined {
    const known = this.#options.cluster.pod(this.#options.namespace, pod);
    return known?.uid === uid ? known : undefined;
  }

  /** With its UID: a pod that took the name of another is left alone. */
  async #annotate(place: Place | null, name: string, sentence: string | null): Promise<void> {
    if (place === null) return;
    const { api, namespace } = this.#options;
    const written = `${place.uid} ${name}`;
    // Also where it is not known to have come through.
    if (sentence !== null) this.#written.add(written);
    const annotations = { [faultPrefix + name]: sentence };
    try {
      await api.patch(
        { resource: resources.pods, namespace, name: place.pod },
        { kind: 'merge', body: { metadata: { uid: place.uid, annotations } } },
      );
    } catch (error) {
      // It is gone, and its faults with it.
      if (!hasCode(error, 'kube.not-found', 'kube.conflict')) throw error;
    }
    if (sentence === null) this.#written.delete(written);
  }
}

const placesOf = ({ on }: ChangeAction, { targets }: Run): readonly Place[] =>
  targets?.get(on ?? [...targets.keys()][0] ?? '') ?? [];
