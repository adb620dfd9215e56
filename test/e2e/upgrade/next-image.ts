/** Another reference of the image that the nodes have: what a new version is, as far as references go. */

import { programVersion } from '../../../core/program-version.js';
import type { Cluster } from '../../../dev/cluster/cluster.js';
import { containerdSocket } from '../../../dev/cluster/programs/containerd.js';

export const presentImage = `localhost/havock8s:${programVersion()}`;
export const nextImage = 'localhost/havock8s:next';

export function nameAnew(cluster: Cluster): void {
  for (const node of cluster.nodes) images(node, 'tag', '--force', presentImage, nextImage);
}

export function forgetImage(cluster: Cluster): void {
  for (const node of cluster.nodes) images(node, 'remove', nextImage);
}

function images({ machine }: Cluster['nodes'][number], ...words: readonly string[]): void {
  machine.enclosure.succeed('ctr', `--address=${containerdSocket}`, '--namespace=k8s.io', 'images', ...words);
}
