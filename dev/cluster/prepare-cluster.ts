/** From a checkout to a cluster with all that the tests on it need. What is slow is done once, and kept. */
import { clusterPrograms } from './binaries.js';
import { buildBinaries } from './build-binaries.js';
import { Cluster } from './cluster.js';
import { planCluster } from './cluster-plan.js';
import { freeNetwork } from './free-network.js';
import { imageStore } from './image-store.js';
import { clusterImages } from './images/cluster-images.js';

export interface ClusterWanted {
  readonly name: string;
  readonly nodes: number;
  /** It outlives this process. */
  readonly keep: boolean;
  readonly say: (line: string) => void;
}

export async function prepareCluster({ name, nodes, keep, say }: ClusterWanted): Promise<Cluster> {
  await buildBinaries(new Set(clusterPrograms.filter((program) => program !== 'helm')), say);
  const { lasting, havock8s } = await clusterImages(say);
  const store = await imageStore(lasting, say);
  const plan = planCluster({ name, nodes, network: freeNetwork('10.89', 0), mortal: !keep });
  const cluster = await Cluster.up({
    ...plan,
    imageStore: store,
    images: [havock8s],
    say,
  });
  say(`${nodes} nodes are Ready`);
  return cluster;
}

/** One that is up already gets the image of this checkout, which containers have from their next start on. */
export async function renewCluster(cluster: Cluster, say: (line: string) => void): Promise<Cluster> {
  const { havock8s } = await clusterImages(say);
  cluster.load(havock8s);
  return cluster;
}
