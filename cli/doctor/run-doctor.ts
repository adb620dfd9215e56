/** All of `havock8s doctor`, loaded when it runs. Nothing that it does changes anything. */
import { clientOf } from '../command-options.js';
import type { Console } from '../terminal/console.js';
import { giveUpAll } from './ask-child.js';
import { type Check, runChecks } from './check.js';
import type { ClusterFlags } from './cluster/cluster-flags.js';
import { openCluster } from './cluster/open-cluster.js';
import { machineChecks, podChecks } from './local-checks.js';
import { beyond, findPlace, type Place } from './place.js';
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
    return examine(place, checks, console);
  }
  const place = findPlace(flags.root);
  const client = clientOf(flags, console);
  const checks = place.kind === 'pod' ? podChecks(place.pod, client) : machineChecks(client);
  return examine(place, checks, console);
}

async function examine(place: Place, checks: readonly Check[], console: Console): Promise<number> {
  const findings = await runChecks(checks);
  giveUpAll();
  const { kind, says } = place;
  return showReport({ place: { kind, says }, findings, beyond: beyond(place) }, console);
}
