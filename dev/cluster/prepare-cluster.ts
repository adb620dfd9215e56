/** From a checkout to a cluster with all that the tests on it need. What is slow is done once, and kept. */
import { clusterPrograms } from './binaries.js';
import { buildBinaries } from './build-binaries.js';
import { Cluster } from './cluster.js';
import { planCluster } from './cluster-plan.js';
import { freeNetwork } from './free-network.js';
import { imageStore } from './image-store.js';
import { type ClusterImages, clusterImages } from './images/cluster-images.js';

export interface ClusterWanted {
  readonly name: string;
  readonly nodes: number;
  /** It outlives this process. */
  readonly keep: boolean;
  readonly say: (line: string) => void;
}

/** What a cluster is made of: it takes minutes once, and a moment from then on. Programs compile while images are built. */
export async function makeParts(say: (line: string) => void): Promise<ClusterImages> {
  const programs = new Set(clusterPrograms.filter((program) => program !== 'helm'));
  const [images] = await Promise.all([clusterImages(say), buildBinaries(programs, say)]);
  return images;
}

/** `parts`: where they are made already. */
export async function prepareCluster(
  { name, nodes, keep, say }: ClusterWanted,
  parts?: ClusterImages,
): Promise<Cluster> {
  const { lasting, havock8s } = parts ?? (await makeParts(say));
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
export function renewCluster(cluster: Cluster, { havock8s }: ClusterImages): Cluster {
  cluster.load(havock8s);
  return cluster;
}
