/** The images that a cluster is given, as archives. What does not change from commit to commit is built once. */
import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { baseImage } from '../../image/base-image.js';
import { saveImage } from '../../image/build-image.js';
import { chooseBuilder } from '../../image/builder.js';
import { buildHavock8sImage, havock8sReference } from '../../image/havock8s-image.js';
import { forgetUnused } from '../forget-unused.js';
import { archive, archives, lastingArchive } from './lasting-archive.js';
import { databasesImage, sandboxImage } from './references.js';

export interface ClusterImages {
  /** Of what seldom changes: what every pod needs, and the databases. */
  readonly lasting: readonly string[];
  /** Of this checkout. */
  readonly havock8s: string;
}

const folder = 'dev/cluster/images';
const dockerfile = join(folder, 'Dockerfile');

export async function clusterImages(say: (line: string) => void): Promise<ClusterImages> {
  const builder = chooseBuilder(undefined);
  const base = await baseImage(builder, { say });
  const madeOf = JSON.stringify(base) + readFileSync(dockerfile, 'utf8');
  const lastingOf = (name: string, reference: string): Promise<string> =>
    lastingArchive({ builder, base, folder, dockerfile, name, target: name, reference, madeOf, say });
  const lasting = [await lastingOf('pods', sandboxImage), await lastingOf('databases', databasesImage)];
  say('building the image of havock8s');
  const { id } = await buildHavock8sImage({ builder, base, say });
  const havock8s = archive('havock8s', id);
  if (!existsSync(havock8s)) saveImage(builder, havock8sReference(), havock8s);
  for (const file of [...lasting, havock8s]) forgetUnused(archives(), basename(file));
  return { lasting, havock8s };
}
