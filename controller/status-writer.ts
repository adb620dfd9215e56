/** Writes the status of one Experiment as its run goes on: the last one, at most once a second, and the end for certain. */
import type { Clock } from '../core/clock.js';
import { hasCode } from '../core/havoc-error.js';
import { sleep } from '../core/sleep.js';
import type { ExperimentStatus } from '../experiment/crd/status.js';
import type { KubeApi } from '../kube/kube-api.js';
import { type ExperimentObject, targetOf } from './experiment-object.js';
import { controllerLimits } from './limits.js';

export interface StatusWriterOptions {
  readonly api: KubeApi;
  readonly clock: Clock;
  readonly experiment: ExperimentObject;
  readonly onError: (error: unknown) => void;
}

export class StatusWriter {
  readonly #options: StatusWriterOptions;
  readonly #closing = new AbortController();
  #next: (() => ExperimentStatus) | null = null;
  #writing: Promise<void> | null = null;
  #lastText = '';

  constructor(options: StatusWriterOptions) {
    this.#options = options;
  }

  /** It is made when it is written, so that only the last one costs anything. */
  offer(make: () => ExperimentStatus): void {
    this.#next = make;
    this.#writing ??= this.#writeAll().finally(() => {
      this.#writing = null;
    });
  }

  /** Rejects where it could not be written in time. An experiment that is gone needs none. */
  async writeLast(status: ExperimentStatus): Promise<void> {
    await this.close();
    const { clock } = this.#options;
    const untilMs = clock.monotonicMs() + controllerLimits.writePatienceMs;
    for (;;) {
      try {
        return await this.#write(status);
      } catch (error) {
        if (clock.monotonicMs() >= untilMs || hasCode(error, 'kube.invalid', 'kube.forbidden')) throw error;
        await sleep(1000, { clock });
      }
    }
  }

  async close(): Promise<void> {
    this.#next = null;
    this.#closing.abort();
    await this.#writing;
  }

  async #writeAll(): Promise<void> {
    const { clock, onError } = this.#options;
    for (let make = this.#next; make !== null; make = this.#next) {
      this.#next = null;
      await this.#write(make()).catch(onError);
      await sleep(controllerLimits.statusEveryMs, { clock, signal: this.#closing.signal });
    }
  }

  async #write(status: ExperimentStatus): Promise<void> {
    const text = JSON.stringify(status);
    if (text === this.#lastText) return;
    const { api, experiment } = this.#options;
    try {
      await api.patch(
        { ...targetOf(experiment), subresource: 'status' },
        { kind: 'merge', body: { metadata: { uid: experiment.metadata.uid }, status } },
      );
      this.#lastText = text;
    } catch (error) {
      if (hasCode(error, 'kube.not-found')) return;
      // Either another has its name, or somebody else was faster, which is tried again.
      if (!hasCode(error, 'kube.conflict') || (await this.#isThere())) throw error;
    }
  }

  async #isThere(): Promise<boolean> {
    const { api, experiment } = this.#options;
    return (await api.get(targetOf(experiment)))?.metadata.uid === experiment.metadata.uid;
  }
}
