/** kubelet of one node: in the folders where a kubelet always is, which are the node's own here. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { programPath } from '../binaries.js';
import type { NodePlan } from '../cluster-plan.js';
import { containerdSocket } from './containerd.js';
import { clusterDomain } from './coredns.js';

export interface KubeletOptions {
  readonly node: NodePlan;
  readonly kubeconfig: string;
  /** PEM file, of the authority that signed the API server's certificate for kubelets. */
  readonly clientAuthority: string;
  readonly dnsAddress: string;
  readonly cgroup: string;
}

export function kubeletCommand(options: KubeletOptions): readonly string[] {
  const { node, kubeconfig } = options;
  const config = join(node.folder, 'kubelet.yaml');
  writeFileSync(config, stringify(configuration(options)));
  return [
    programPath('kubelet'),
    `--config=${config}`,
    `--kubeconfig=${kubeconfig}`,
    `--hostname-override=${node.name}`,
    `--node-ip=${node.address}`,
  ];
}

const configuration = ({ node, clientAuthority, dnsAddress, cgroup }: KubeletOptions): object => ({
  apiVersion: 'kubelet.config.k8s.io/v1beta1',
  kind: 'KubeletConfiguration',
  address: node.address,
  authentication: {
    anonymous: { enabled: false },
    webhook: { enabled: true },
    x509: { clientCAFile: clientAuthority },
  },
  authorization: { mode: 'Webhook' },
  containerRuntimeEndpoint: `unix://${containerdSocket}`,
  clusterDNS: [dnsAddress],
  clusterDomain,
  podCIDR: node.podRange,
  cgroupDriver: 'cgroupfs',
  cgroupRoot: cgroup,
  enforceNodeAllocatable: [],
  // 1.34 is the last that takes cgroups of version 1 without being told.
  failCgroupV1: false,
  failSwapOn: false,
  // Limits of its own processes that it may not raise, and a kernel log that it may not read, are no reason to stop.
  featureGates: { KubeletInUserNamespace: true },
  // The disk is the machine's, and how full it is no matter of the cluster's.
  evictionHard: { 'memory.available': '100Mi', 'nodefs.available': '1%', 'imagefs.available': '1%' },
  imageGCHighThresholdPercent: 100,
  imageGCLowThresholdPercent: 99,
  volumePluginDir: '/var/lib/kubelet/volume-plugins',
  nodeStatusUpdateFrequency: '4s',
  nodeLeaseDurationSeconds: 12,
  syncFrequency: '10s',
});
