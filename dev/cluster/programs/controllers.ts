/** What runs beside kube-apiserver: the controllers and the scheduler, without an election, as each has but one. */
import { programPath } from '../binaries.js';

export interface ControllerManagerFiles {
  readonly kubeconfig: string;
  readonly serviceAccountKey: string;
  readonly authority: string;
}

export const kubeControllerManagerCommand = (files: ControllerManagerFiles): readonly string[] => [
  programPath('kube-controller-manager'),
  `--kubeconfig=${files.kubeconfig}`,
  `--service-account-private-key-file=${files.serviceAccountKey}`,
  `--root-ca-file=${files.authority}`,
  '--use-service-account-credentials=true',
  '--leader-elect=false',
  // A node whose kubelet is dead is NotReady after this, and not after 50 s.
  '--node-monitor-grace-period=16s',
];

export const kubeSchedulerCommand = (kubeconfig: string): readonly string[] => [
  programPath('kube-scheduler'),
  `--kubeconfig=${kubeconfig}`,
  '--leader-elect=false',
];
