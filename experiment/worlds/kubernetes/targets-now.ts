/**
 * The targets of a run as they are now: which pods they are, what safety says, and what of recovery is seen.
 *
 *     pods ─► found ─ role, mode ─► targets ─► places │ missing │ refusals │ recovered
 */
import { nodesOf } from '../../engine/fault-moves.js';
import type { ObservedCluster } from '../../engine/moves.js';
import type { Plan } from '../../engine/plan.js';
import type { Run } from '../../engine/run.js';
import type { TargetSpec } from '../../file/target.js';
import type { Place, RecoveryPart, RunEvent } from '../../journal/events.js';
import type { KubernetesWorldOptions } from './kubernetes-world-options.js';
import { nodeRefusals } from './node-refusals.js';
import type { PodView } from './pod-view.js';
import { candidatesOf, type PodsNow } from './pods-now.js';
import { found, missingOf, placeOf, type Target, targetOf } from './resolve-targets.js';
import { RoleWatch } from './role-watch.js';
import type { VotersAsked } from './roles/quorum/voters-asked.js';
import { describeState } from './roles/role.js';
import { type QuorumFacts, quorumLost, refusals, unsafeNow } from './safety.js';
import { nodesTaken } from './taken-nodes.js';
import { beginning, scaledTargets, siblingsOf } from './taken-pods.js';
import { isSettled, rolesOf, type TargetRolesOptions, votersOf } from './target-roles.js';
import { isServedAsBefore, trafficOf } from './traffic.js';

export class TargetsNow {
  readonly #options: KubernetesWorldOptions;
  readonly #roles: RoleWatch;
  /** Of each target: so many pods were meant when the run began. */
  readonly #atFirst = new Map<string, number>();
  /** By the UID of an owner: so many pods it had when the run began. */
  #members: ReadonlyMap<string, number> = new Map();
  /** Of each target, as long as somebody else keeps those pods: for a large namespace they are much to keep. */
  readonly #foundIn = new WeakMap<PodsNow, Map<string, readonly PodView[]>>();
  /** By Service: so many pods of the targets had its traffic when the run began; of none where another began it. */
  #traffic: ReadonlyMap<string, number> = new Map();

  constructor(options: KubernetesWorldOptions, tell: (event: RunEvent) => void) {
    this.#options = options;
    this.#roles = new RoleWatch(tell);
  }

  async look(run: Run, now: PodsNow): Promise<ObservedCluster> {
    const { spec, object, plan } = this.#options;
    const { pods } = now;
    const isWatched = run.phase === 'during' && nodesTaken(run, plan).size > 0;
    const targets = await Promise.all(
      spec.targets.map(async (target) => {
        const all = this.#found(target, now);
        const { role } = target;
        if (role === undefined) return targetOf(target, all, null);
        const decides = run.phase === 'before' || (run.phase === 'during' && role.follow);
        const roles = decides || isWatched ? await rolesOf(role, all, this.#asking()) : null;
        if (roles !== null && isWatched) this.#roles.see(target.name, roles);
        return targetOf(target, all, decides ? roles : null);
      }),
    );
    if (run.phase === 'before') await this.#remember(targets, now);
    return {
      ...object(),
      targets: this.#places(run, targets, pods),
      missing: missingOf(targets, pods.length),
      refusals: await this.#refusals(run, targets, pods),
      recovered: await this.#recovered(run, targets),
    };
  }

  /** The same until a pod of the namespace changes. */
  #found(target: TargetSpec, now: PodsNow): readonly PodView[] {
    const known = this.#foundIn.get(now) ?? new Map<string, readonly PodView[]>();
    this.#foundIn.set(now, known);
    const before = known.get(target.name);
    if (before !== undefined) return before;
    const { ownersOf } = this.#options.cluster;
    const all = found(target, candidatesOf(target, now, ownersOf), ownersOf);
    known.set(target.name, all);
    return all;
  }

  #asking(): TargetRolesOptions {
    const { api, clock, namespace, secret } = this.#options;
    return { api, clock, namespace, secret };
  }

  /**
   * Beside the targets, where a step cuts nodes off: all that is injected on the nodes of each; and where one scales a
   * workload, all its pods.
   */
  #places(
    run: Run,
    targets: readonly Target[],
    pods: readonly PodView[],
  ): ReadonlyMap<string, readonly Place[]> {
    const places = targets.map(({ spec, hit, roles }): [string, readonly Place[]] => {
      // While nobody has the role it is where it was.
      const known = hit.length === 0 ? run.targets?.get(spec.name) : undefined;
      return [spec.name, known ?? hit.map((pod) => placeOf(pod, roles))];
    });
    const cut = this.#options.plan.steps.flatMap(({ action }) =>
      action.kind === 'fault' && action.onNodes ? [action.on ?? targets[0]?.spec.name ?? ''] : [],
    );
    const onNodes = [...new Set(cut)].map((name): [string, readonly Place[]] => {
      const nodes = new Set(new Map(places).get(name)?.map(({ node }) => node));
      const all = pods.filter((pod) => pod.isInjected && !pod.isEnding && nodes.has(pod.node));
      return [nodesOf(name), all.map((pod) => placeOf(pod, null))];
    });
    const scaled = scaledTargets(this.#options.plan.steps, new Map(places).keys());
    const ofWorkloads = targets
      .filter(({ spec }) => scaled.has(spec.name))
      .map(({ spec, all }): [string, readonly Place[]] => [
        `${spec.name} workload`,
        siblingsOf(all, pods).map((pod) => placeOf(pod, null)),
      ]);
    return new Map([...places, ...onNodes, ...ofWorkloads]);
  }

  async #refusals(
    run: Run,
    targets: readonly Target[],
    pods: readonly PodView[],
  ): Promise<readonly string[]> {
    const { api, spec, plan, namespace, name, uid, cluster, clock, otherRuns, ours } = this.#options;
    const stopped = this.#stopped();
    const byName = new Map(targets.map((target) => [target.spec.name, hitNow(target, run)]));
    const deleted = deletedBy(run, plan);
    const left = deleted.size === 0 ? pods : pods.filter(({ uid }) => !deleted.has(uid));
    const quorum = async (): Promise<QuorumFacts> => ({
      ...{ safety: spec.safety, targets: byName, pods: left, voters: await this.#voters(targets, left) },
      membersOf: (owner) => this.#members.get(owner) ?? 0,
    });
    if (run.phase === 'during') {
      const next = beginning(plan.steps, run);
      const lost = next.length === 0 ? [] : quorumLost(next, await quorum());
      return [...stopped, ...unsafeNow(spec.safety, this.#withFirst(targets)), ...lost];
    }
    if (run.phase !== 'before') return [];
    const { isOptedIn, isProtected, budgets, protectedClaims } = await cluster.facts(namespace);
    const split = targets.flatMap(({ roles }) => (roles?.state.kind === 'two' ? [describeState(roles)] : []));
    return [
      ...stopped,
      ...split,
      ...(await nodeRefusals({
        ...{ api, run: { namespace, name, uid }, steps: plan.steps, targets, ours: ours() },
        allowed: spec.safety.allow,
      })),
      ...refusals({
        ...{ ...(await quorum()), steps: plan.steps, budgets, protectedClaims },
        namespace: { name: namespace, isOptedIn, isProtected },
        otherRuns: otherRuns(),
        wallMs: clock.wallMs(),
      }),
    ];
  }

  async #remember(targets: readonly Target[], { members }: PodsNow): Promise<void> {
    this.#traffic = await this.#trafficOf(targets);
    for (const { spec, all } of targets) this.#atFirst.set(spec.name, all.length);
    const owners = targets.flatMap(({ all }) => all.flatMap(({ owner }) => owner?.uid ?? []));
    this.#members = new Map(owners.map((uid) => [uid, members.get(uid) ?? 0]));
  }

  async #trafficOf(targets: readonly Target[]): Promise<ReadonlyMap<string, number>> {
    const { cluster, namespace } = this.#options;
    const served = await cluster.served(namespace);
    return trafficOf(
      served,
      targets.flatMap(({ all }) => all),
    );
  }

  async #voters(
    targets: readonly Target[],
    pods: readonly PodView[],
  ): Promise<ReadonlyMap<string, VotersAsked>> {
    const asked = await Promise.all(
      targets.map(async ({ spec: { name, role }, all }) => {
        // Also those of the database that the target leaves out have a vote.
        const voters = role && (await votersOf(role, siblingsOf(all, pods), this.#asking()));
        return voters ? [[name, voters] as const] : [];
      }),
    );
    return new Map(asked.flat());
  }

  #stopped(): readonly string[] {
    const stopped = this.#options.stopped();
    return stopped === null ? [] : [`everything is stopped ${stopped}; until: havock8s release`];
  }

  async #recovered({ phase }: Run, targets: readonly Target[]): Promise<ReadonlySet<RecoveryPart>> {
    if (phase !== 'after') return new Set();
    const areReady = [...this.#withFirst(targets).values()].every(
      ({ all, atFirst }) => all.length >= atFirst && all.every(({ isReady }) => isReady),
    );
    const areSettled = await Promise.all(
      targets.map(({ spec: { role }, all }) => role === undefined || isSettled(role, all, this.#asking())),
    );
    const isServed = isServedAsBefore(this.#traffic, await this.#trafficOf(targets));
    return new Set<RecoveryPart>([
      ...(areReady ? (['pods'] as const) : []),
      ...(isServed ? (['traffic'] as const) : []),
      ...(areSettled.every((one) => one) ? (['role'] as const) : []),
    ]);
  }

  #withFirst(targets: readonly Target[]): ReadonlyMap<string, Target & { readonly atFirst: number }> {
    return new Map(
      targets.map((target) => {
        const { name } = target.spec;
        return [name, { ...target, atFirst: this.#atFirst.get(name) ?? target.all.length }];
      }),
    );
  }
}

/** Behind the first fault a target that follows nobody is who it was then. */
function hitNow(target: Target, { phase, targets }: Run): Target {
  const { name, role } = target.spec;
  const known = phase === 'during' && !role?.follow ? targets?.get(name) : undefined;
  if (known === undefined) return target;
  const uids = new Set(known.map(({ uid }) => uid));
  return { ...target, hit: target.all.filter(({ uid }) => uids.has(uid)) };
}

/** UIDs of pods, also where nobody has told yet that they go. */
function deletedBy({ changes }: Run, { steps }: Plan): ReadonlySet<string> {
  const deleting = new Set(
    steps.flatMap(({ id, action }) =>
      action.kind === 'change' && action.change.kind === 'delete' ? [id] : [],
    ),
  );
  const made = [...changes.values()].filter(({ step, madeAtMs }) => deleting.has(step) && madeAtMs !== null);
  return new Set(made.map(({ subject }) => subject.uid));
}
