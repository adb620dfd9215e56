/**
 * The cluster that end-to-end tests play on: the one the runner brought up, whose nodes can be entered, or that of
 * KUBECONFIG.
 *
 *     dev/jobs/run-e2e ─ HAVOCK8S_CLUSTER, KUBECONFIG ─► each test file
 */
import { Cluster, clusterVariable } from '../../dev/cluster/cluster.js';
import { Kubectl } from '../../dev/cluster/kubectl.js';

export interface ClusterAtHand {
  readonly kubectl: Kubectl;
  /** With nodes that can be entered; null where the cluster is somebody's own. */
  readonly own: Cluster | null;
}

/** The `skip` option of node:test. */
export function needsCluster(kind: 'any' | 'own' = 'any'): string | false {
  const { KUBECONFIG: kubeconfig, [clusterVariable]: name } = process.env;
  if (kubeconfig === undefined) return 'missing: a cluster; npm run test:e2e brings one up';
  if (kind === 'own' && name === undefined) return 'it enters nodes, and those of KUBECONFIG cannot be';
  return false;
}

export function clusterAtHand(): ClusterAtHand {
  const { KUBECONFIG: kubeconfig = '', [clusterVariable]: name } = process.env;
  return { kubectl: new Kubectl(kubeconfig), own: name === undefined ? null : Cluster.find(name) };
}

/** For end-to-end tests that stop kubelets and look at mounts. */
export function ownCluster(): Cluster {
  const { own } = clusterAtHand();
  if (own === null) throw new Error(`${process.env[clusterVariable]} is not up`);
  return own;
}
