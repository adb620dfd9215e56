/** What is looked at on a machine, and in each of the two containers of an injected pod. */
import { sidecar } from '../../core/pod-layout.js';
import type { ControlClient } from '../client/control-client.js';
import { mayAdministerNetwork } from '../commands/local/capabilities.js';
import type { Check } from './check.js';
import { fuseDevice } from './machine/fuse-device.js';
import { kernel } from './machine/kernel.js';
import { leftDirectories } from './machine/left-directories.js';
import { leftProcesses } from './machine/left-processes.js';
import { leftRules } from './machine/left-rules.js';
import { netfilterPrograms } from './machine/netfilter-programs.js';
import { propagation } from './machine/propagation.js';
import { servedMounts } from './machine/served-mounts.js';
import { annotations } from './pod/annotations.js';
import { hasBacking } from './pod/backing.js';
import { faultProxy } from './pod/fault-proxy.js';
import { holder } from './pod/holder.js';
import { listedFaults } from './pod/listed-faults.js';
import type { PodPlace } from './pod/pod-place.js';
import { runDirectory } from './pod/run-directory.js';
import { servedDirectory } from './pod/served-directory.js';
import { askSidecar } from './pod/sidecar-answers.js';

export const machineChecks = (client: ControlClient): readonly Check[] => [
  kernel,
  fuseDevice,
  netfilterPrograms,
  servedMounts(askSidecar(client)),
  leftRules,
  leftProcesses,
  leftDirectories,
  propagation,
];

export function podChecks(pod: PodPlace, client: ControlClient): readonly Check[] {
  const answers = askSidecar(client);
  const ofBoth = [kernel, faultProxy(pod, answers), listedFaults(answers), runDirectory(pod)];
  if (pod.container === sidecar.mount)
    return [...ofBoth, fuseDevice, servedMounts(answers), servedDirectory(pod), holder(pod, true)];
  const ofNetwork = mayAdministerNetwork() ? [netfilterPrograms, leftRules] : [];
  return [
    ...ofBoth,
    annotations(pod, answers),
    holder(pod, hasBacking(pod.paths)),
    ...ofNetwork,
    leftProcesses,
  ];
}
