/** kube-proxy of one node. The machine's limit of tracked connections is left alone. */
import { programPath } from '../binaries.js';
import type { NodePlan } from '../cluster-plan.js';

export const kubeProxyCommand = (node: NodePlan, kubeconfig: string): readonly string[] => [
  programPath('kube-proxy'),
  `--kubeconfig=${kubeconfig}`,
  `--hostname-override=${node.name}`,
  '--proxy-mode=nftables',
  '--cluster-cidr=10.244.0.0/16',
  '--conntrack-max-per-core=0',
  `--bind-address=${node.address}`,
];
