/** All of `havock8s doctor`, loaded when it runs. Nothing that it does changes anything. */
import { clientOf } from '../command-options.js';
import type { Console } from '../console.js';
import { runChecks } from './check.js';
import type { ClusterFlags } from './cluster/cluster-flags.js';
import { openCluster } from './cluster/open-cluster.js';
import { machineChecks, podChecks } from './local-checks.js';
import { beyond, findPlace } from './place.js';
import { showReport } from './report.js';

export interface DoctorFlags extends ClusterFlags {
  readonly cluster?: boolean;
  readonly control?: string;
  readonly root: string;
}

/** Resolves with the exit code. Rejects with `doctor.` codes where the API server is not to be asked at all. */
export async function runDoctor(flags: DoctorFlags, console: Console): Promise<number> {
  if (flags.cluster === true) {
    const { place, checks } = await openCluster(flags);
    return showReport({ place, findings: await runChecks(checks), beyond: beyond(place) }, console);
  }
  const place = findPlace(flags.root);
  const checks = place.kind === 'pod' ? podChecks(place.pod, clientOf(flags, console)) : machineChecks;
  const { kind, says } = place;
  return showReport(
    { place: { kind, says }, findings: await runChecks(checks), beyond: beyond(place) },
    console,
  );
}
