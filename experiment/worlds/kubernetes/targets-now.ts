/**
 * The targets of a run as they are now: which pods they are, what safety says, and what of recovery is seen.
 *
 *     pods ─► found ─ role, mode ─► targets ─► places │ missing │ refusals │ recovered
 */
import { nodesOf } from '../../engine/fault-moves.js';
import type { ObservedCluster } from '../../engine/moves.js';
import type { Run } from '../../engine/run.js';
import type { Place, RecoveryPart } from '../../journal/events.js';
import type { KubernetesWorldOptions } from './kubernetes-world-options.js';
import { nodeRefusals } from './node-refusals.js';
import type { PodView } from './pod-view.js';
import { found, missingOf, placeOf, type Target, targetOf } from './resolve-targets.js';
import { describeState } from './roles/role.js';
import { refusals, unsafeNow } from './safety.js';
import { isSettled, rolesOf, type TargetRolesOptions } from './target-roles.js';

export class TargetsNow {
  readonly #options: KubernetesWorldOptions;
  /** Of each target: so many pods were meant when the run began. */
  readonly #atFirst = new Map<string, number>();

  constructor(options: KubernetesWorldOptions) {
    this.#options = options;
  }

  async look(run: Run, pods: readonly PodView[]): Promise<ObservedCluster> {
    const { spec, cluster, object } = this.#options;
    const targets = await Promise.all(
      spec.targets.map(async (target) => {
        const all = found(target, pods, cluster.ownersOf);
        const { role } = target;
        const isAsked =
          role !== undefined && (run.phase === 'before' || (run.phase === 'during' && role.follow));
        return targetOf(target, all, isAsked ? await rolesOf(role, all, this.#asking()) : null);
      }),
    );
    if (run.phase === 'before')
      for (const { spec: target, all } of targets) this.#atFirst.set(target.name, all.length);
    return {
      ...object(),
      targets: this.#places(run, targets, pods),
      missing: missingOf(targets, pods.length),
      refusals: await this.#refusals(run, targets, pods),
      recovered: await this.#recovered(run, targets),
    };
  }

  #asking(): TargetRolesOptions {
    const { api, clock, namespace, secret } = this.#options;
    return { api, clock, namespace, secret };
  }

  /** Beside the targets, where a step cuts nodes off: all that is injected on the nodes of each. */
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
    return new Map([...places, ...onNodes]);
  }

  async #refusals(
    { phase }: Run,
    targets: readonly Target[],
    pods: readonly PodView[],
  ): Promise<readonly string[]> {
    const { api, spec, plan, namespace, name, uid, cluster, clock, otherRuns, ours } = this.#options;
    const stopped = this.#stopped();
    if (phase === 'during') return [...stopped, ...unsafeNow(spec.safety, this.#withFirst(targets))];
    if (phase !== 'before') return [];
    const { isOptedIn, isProtected, budgets, protectedClaims } = await cluster.facts(namespace);
    const split = targets.flatMap(({ roles }) => (roles?.state.kind === 'two' ? [describeState(roles)] : []));
    const byName = new Map(targets.map((target) => [target.spec.name, target]));
    return [
      ...stopped,
      ...split,
      ...(await nodeRefusals({
        ...{ api, run: { namespace, name, uid }, steps: plan.steps, targets, ours: ours() },
        allowed: spec.safety.allow,
      })),
      ...refusals({
        ...{ safety: spec.safety, steps: plan.steps, targets: byName, pods, budgets, protectedClaims },
        namespace: { name: namespace, isOptedIn, isProtected },
        otherRuns: otherRuns(),
        wallMs: clock.wallMs(),
      }),
    ];
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
    return new Set<RecoveryPart>([
      ...(areReady ? (['pods'] as const) : []),
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
