/**
 * The leading replica ends what is overdue on nodes, or whose run is gone: a cordon and a taint have no end that the API
 * server would keep. What a run ends by itself is gone before.
 */
import type { Clock } from '../core/clock.js';
import { hasCode } from '../core/havoc-error.js';
import { sleep } from '../core/sleep.js';
import { sweepNodes } from '../experiment/worlds/kubernetes/node/sweep-nodes.js';
import type { KubeApi } from '../kube/kube-api.js';
import { controllerLimits } from './limits.js';

export interface NodeSweeperOptions {
  readonly api: KubeApi;
  readonly clock: Clock;
  readonly onError: (error: unknown) => void;
}

export class NodeSweeper {
  readonly #options: NodeSweeperOptions;
  #leading: AbortController | null = null;

  constructor(options: NodeSweeperOptions) {
    this.#options = options;
  }

  lead(leads: boolean): void {
    this.#leading?.abort();
    this.#leading = leads ? new AbortController() : null;
    if (this.#leading !== null) void this.#sweep(this.#leading.signal);
  }

  async #sweep(signal: AbortSignal): Promise<void> {
    const { api, clock, onError } = this.#options;
    while (!signal.aborted) {
      try {
        await sweepNodes(api, clock.wallMs());
      } catch (error) {
        // An installation without node failure has nothing on nodes.
        if (hasCode(error, 'kube.forbidden')) return;
        onError(error);
      }
      await sleep(controllerLimits.sweepEveryMs, { clock, signal });
    }
  }
}
