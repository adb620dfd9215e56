/**
 * Takes from every node the cordon and the taint that a run left there, overdue or not: neither has an end of its own. What
 * was so before the run, or what others want meanwhile, stays.
 */
import type { Clock } from '../../../core/clock.js';
import { hasCode, messageOf } from '../../../core/havoc-error.js';
import { type Swept, sweepMarks } from '../../../experiment/worlds/kubernetes/node/sweep-nodes.js';
import type { KubeApi } from '../../../kube/kube-api.js';
import { persist } from './persist.js';

export class NodeSweep {
  readonly #api: KubeApi;
  readonly #clock: Clock;
  readonly #ended: Swept[] = [];
  /** Of the last pass. */
  #problems: readonly string[] = [];
  /** Why nodes may not be looked at. */
  #forbidden: string | null = null;

  constructor(api: KubeApi, clock: Clock) {
    this.#api = api;
    this.#clock = clock;
  }

  /** Never rejects. */
  async pass(): Promise<void> {
    const [api, clock] = [this.#api, this.#clock];
    try {
      const swept = await persist(() => sweepMarks(api, clock.wallMs(), { all: true }), clock);
      this.#ended.push(...swept.filter(({ outcome }) => outcome === 'ended'));
      this.#problems = swept.flatMap(problemOf);
    } catch (error) {
      if (hasCode(error, 'kube.forbidden')) this.#forbidden = messageOf(error);
      else this.#problems = [`nodes could not be listed: ${messageOf(error)}`];
    }
  }

  /** What was ended; null: whoever stops may not look at nodes. */
  get ended(): readonly Swept[] | null {
    return this.#forbidden === null ? this.#ended : null;
  }

  /** `onNodes`: experiments that are not over, and cordon or taint nodes. Without one there is nothing to be seen on nodes. */
  problems(onNodes: readonly string[]): readonly string[] {
    if (this.#forbidden === null || onNodes.length === 0) return this.#problems;
    const what = onNodes.length === 1 ? 'takes nodes away, and its' : 'take nodes away, and their';
    return [
      `nodes could not be looked at: ${this.#forbidden}; ${onNodes.join(', ')} ${what} cordons and taints stay until a controller ends them, or somebody who may patch nodes stops again`,
    ];
  }
}

const problemOf = ({ node, what, outcome, message }: Swept): readonly string[] =>
  outcome === 'failed' ? [`the ${what} of node ${node} could not be ended: ${message}`] : [];
