/** What a file expects, as the journal begins with it. */
import type { Probe } from '../file/probe.js';
import type { Expected, ExpectedProbe } from '../journal/events.js';
import type { Plan } from './plan.js';

/** So that the journal can be read without the file. */
export function expectedOf(plan: Plan): Expected {
  const { description, recoveryObjectiveMs, minimumMeasurements, minimumHits, probes } = plan;
  return {
    ...{ description, recoveryObjectiveMs, minimumMeasurements, minimumHits },
    minimumOperationsPerSecond: plan.hasLedger ? plan.minimumOperationsPerSecond : null,
    probes: probes.map(ofProbe),
    replication: plan.replication && ofProbe(plan.replication),
  };
}

const ofProbe = ({ name, subject: { kind }, says, tolerances }: Probe): ExpectedProbe => ({
  name,
  kind,
  says,
  tolerances,
});
