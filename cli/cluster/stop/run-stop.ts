/** `stop` and `release`, against the cluster of a command line. */
import { systemClock } from '../../../core/clock.js';
import { emergencyStopTarget, readEmergencyStop, stopText } from '../../../kube/emergency-stop.js';
import { resources } from '../../../kube/resources.js';
import { exitCode } from '../../exit-code.js';
import { type Console, printJson } from '../../terminal/console.js';
import type { ConnectFlags, NamespaceFlags } from '../cluster-flags.js';
import { openCluster } from '../open-cluster.js';
import { isInsideCluster, SidecarReader } from '../sidecar-reader.js';
import { userOf } from './engage.js';
import { stopAll } from './stop-all.js';
import { isAllOff, stopJson, stopLines } from './stop-report.js';
import { stopExperiment } from './stop-runs.js';

/** Resolves with the exit code: 0 where everything is off and checked. */
export async function runStopAll(reason: string, flags: ConnectFlags, console: Console): Promise<number> {
  const { json, env, out } = console;
  const cluster = await openCluster(flags);
  const reader = new SidecarReader(cluster, isInsideCluster(env));
  const result = await stopAll({
    ...{ api: cluster.api, clock: systemClock, reason },
    faultsOf: (pod) => reader.faultsOf(pod),
    userOf: () => userOf(cluster),
  });
  // From the start of this process.
  const tookMs = performance.now();
  if (json) printJson(out, stopJson(result, tookMs));
  else for (const line of stopLines(result, tookMs)) out.line(line);
  return isAllOff(result) ? exitCode.done : exitCode.failed;
}

export async function runStopOne(
  name: string,
  reason: string,
  flags: NamespaceFlags,
  { json, out }: Console,
): Promise<void> {
  const { api, namespace } = await openCluster(flags);
  await stopExperiment(api, { resource: resources.experiments, namespace, name }, reason);
  if (json) return printJson(out, { namespace, experiment: name, reason });
  out.line(
    `${namespace}/${name} is told to stop; to see it end: kubectl wait experiment/${name} -n ${namespace} --for=condition=Finished`,
  );
}

/** `reason` is kept by the API server's audit log: the object that bears it is gone. */
export async function runRelease(
  reason: string | undefined,
  flags: ConnectFlags,
  { json, out }: Console,
): Promise<void> {
  const { api } = await openCluster(flags);
  const object = await api.get(emergencyStopTarget);
  const stop = object === null ? null : readEmergencyStop(object);
  if (stop !== null && reason !== undefined) {
    const annotations = { 'havock8s.io/release-reason': reason };
    await api.patch(emergencyStopTarget, { kind: 'merge', body: { metadata: { annotations } } });
  }
  if (stop !== null) await api.remove(emergencyStopTarget);
  if (json) return printJson(out, { released: stop });
  out.line(stop === null ? 'nothing was stopped' : `released; it was stopped ${stopText(stop)}`);
  if (stop !== null) out.line('  nothing resumes by itself: faults and experiments that were on stay off');
}
