/** Another reference of the image that the nodes have: what a new version is, as far as references go. */

import { programVersion } from '../../../cli/program-version.js';
import type { Cluster } from '../../cluster/cluster.js';
import { containerdSocket } from '../../cluster/programs/containerd.js';

export const presentImage = `havock8s/havock8s:${programVersion()}`;
export const nextImage = 'havock8s/havock8s:next';

export function nameAnew(cluster: Cluster): void {
  for (const node of cluster.nodes)
    images(node, 'tag', '--force', `docker.io/${presentImage}`, `docker.io/${nextImage}`);
}

export function forgetImage(cluster: Cluster): void {
  for (const node of cluster.nodes) images(node, 'remove', `docker.io/${nextImage}`);
}

function images({ machine }: Cluster['nodes'][number], ...words: readonly string[]): void {
  machine.enclosure.succeed('ctr', `--address=${containerdSocket}`, '--namespace=k8s.io', 'images', ...words);
}
