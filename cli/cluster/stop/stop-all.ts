/**
 * Stops everything of havock8s in a cluster. The API server alone is needed: neither webhook nor controller.
 *
 *     EmergencyStop ─┐               ┌─ again, once it is in force ─┐
 *     pods, nodes   ─┼─ at once ─────┤                              ├─► what is off, what is left
 *     experiments   ─┘               └─ each sidecar is checked ────┘
 */
import { hasCode, messageOf } from '../../../core/havoc-error.js';
import { sleep } from '../../../core/sleep.js';
import type { Swept } from '../../../experiment/worlds/kubernetes/node/sweep-nodes.js';
import type { EmergencyStop } from '../../../kube/emergency-stop.js';
import type { CheckOptions } from './check-off.js';
import { engage } from './engage.js';
import { NodeSweep } from './node-sweep.js';
import { stopLimits } from './stop-limits.js';
import { type StoppedRuns, stopRuns } from './stop-runs.js';
import { Sweep, type SweptPod } from './sweep.js';

export interface StopResult extends Omit<StoppedRuns, 'problems' | 'onNodes'> {
  readonly stop: EmergencyStop;
  /** Nothing new is admitted. */
  readonly isEngaged: boolean;
  readonly pods: readonly SweptPod[];
  /** Cordons and taints of runs that were ended; null: whoever stops may not look at nodes. */
  readonly nodes: readonly Swept[] | null;
  /** What could not be done beside pods, each one sentence. */
  readonly problems: readonly string[];
}

export interface StopAllOptions extends CheckOptions {
  readonly reason: string;
  /** Resolves with who asks. */
  readonly userOf: () => Promise<string | null>;
}

/** Never rejects for what the cluster does: that is in the result. */
export async function stopAll(options: StopAllOptions): Promise<StopResult> {
  const { api, clock, reason, userOf } = options;
  const at = `${new Date(clock.wallMs()).toISOString().slice(0, -5)}Z`;
  const sweep = new Sweep(options);
  const nodes = new NodeSweep(api, clock);
  const engaging = userOf().then(async (by) => {
    const stop = { reason, by, at };
    const problem = await problemOf(engage(api, stop, clock));
    return { stop, problem, sinceMs: clock.monotonicMs() };
  });
  const [{ stop, problem, sinceMs }, runs] = await Promise.all([
    engaging,
    stopRuns(api, reason, clock),
    sweep.pass(),
    nodes.pass(),
  ]);
  await sleep(Math.max(0, sinceMs + stopLimits.inForceMs - clock.monotonicMs()), { clock });
  await Promise.all([sweepAgain(sweep), nodes.pass()]);
  const { experiments, isolations, onNodes } = runs;
  return {
    ...{ stop, isEngaged: problem === null, pods: await sweep.result(), nodes: nodes.ended },
    ...{ experiments, isolations },
    problems: [
      ...(problem === null ? [] : [problem]),
      ...runs.problems,
      ...sweep.problems,
      ...nodes.problems(onNodes),
    ],
  };
}

/** Until a pass that begins when the stop is in force finds nothing. */
async function sweepAgain(sweep: Sweep): Promise<void> {
  for (let passes = 1; passes < stopLimits.passes; passes++) if ((await sweep.pass()) === 0) return;
}

async function problemOf(engaging: Promise<void>): Promise<string | null> {
  try {
    await engaging;
    return null;
  } catch (error) {
    const isAbsent = hasCode(error, 'kube.not-found');
    const why = isAbsent
      ? 'this cluster has no kind EmergencyStop (kubectl apply -k manifests/base)'
      : messageOf(error);
    return `nothing keeps new faults and experiments out: ${why}`;
  }
}
