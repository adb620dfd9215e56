/** The faults of a pod as a person lists them: one that has ended is still there, until its annotation goes. */
import type { ShownFault } from '../../cli/client/answers.js';
import { sidecar } from '../../core/pod-layout.js';
import type { Environment } from './environment.js';

export async function listedFaults(environment: Environment, pod: string): Promise<readonly ShownFault[]> {
  const said = await environment.exec(pod, sidecar.faults, ['havock8s', 'ls', '--output', 'json']);
  return (JSON.parse(said) as { readonly faults: readonly ShownFault[] }).faults;
}
