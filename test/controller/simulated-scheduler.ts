/** What of a controller starts runs by schedule, and carries none on, in the cluster in memory. */
import type { ExperimentObject } from '../../controller/experiment-object.js';
import type { ScheduleObject } from '../../controller/schedule-object.js';
import { Schedules } from '../../controller/schedules.js';
import type { KubeObject } from '../../kube/kube-object.js';
import { resources } from '../../kube/resources.js';
import { WatchCache } from '../../kube/watch-cache.js';
import type { SimulatedCluster } from './simulated-cluster.js';

export class SimulatedScheduler {
  readonly #experiments: WatchCache<ExperimentObject>;
  readonly #watched: WatchCache<ScheduleObject>;
  readonly #schedules: Schedules;
  readonly #simulated: SimulatedCluster;

  constructor(simulated: SimulatedCluster) {
    const { api, clock, errors } = simulated;
    const watching = { api, clock, random: () => 0.5, onError: (error: unknown) => void errors.push(error) };
    this.#simulated = simulated;
    this.#experiments = new WatchCache({
      ...{ ...watching, selection: { resource: resources.experiments, namespace: null } },
      keep: (object: KubeObject) => object as ExperimentObject,
    });
    this.#watched = new WatchCache({
      ...{ ...watching, selection: { resource: resources.experimentSchedules, namespace: null } },
      keep: (object: KubeObject) => object as ScheduleObject,
    });
    const caches = { schedules: this.#watched, experiments: this.#experiments };
    this.#schedules = new Schedules({ ...watching, ...caches });
    this.#schedules.lead(true);
  }

  async stop(): Promise<void> {
    let isStopped = false;
    void this.#schedules.stop().then(() => {
      isStopped = true;
    });
    await this.#simulated.until('the scheduler has stopped', () => isStopped);
    await Promise.all([this.#experiments.stop(), this.#watched.stop()]);
  }
}
