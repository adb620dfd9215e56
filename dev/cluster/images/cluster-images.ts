/** The images that a cluster is given, as archives. What does not change from commit to commit is built once. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { cacheRoot } from '../../cache-root.js';
import { type BaseImage, baseImage } from '../../image/base-image.js';
import { buildImage, saveImage } from '../../image/build-image.js';
import { type Builder, chooseBuilder } from '../../image/builder.js';
import { buildHavock8sImage, havock8sReference } from '../../image/havock8s-image.js';
import { forgetUnused } from '../forget-unused.js';
import { databasesImage, sandboxImage } from './references.js';

export interface ClusterImages {
  /** Of what seldom changes: what every pod needs, and the databases. */
  readonly lasting: readonly string[];
  /** Of this checkout. */
  readonly havock8s: string;
}

const folder = 'dev/cluster/images';

export async function clusterImages(say: (line: string) => void): Promise<ClusterImages> {
  const builder = chooseBuilder(undefined);
  const base = await baseImage(builder, { say });
  const lasting = [
    await lastingArchive({ builder, base, target: 'pods', reference: sandboxImage, say }),
    await lastingArchive({ builder, base, target: 'databases', reference: databasesImage, say }),
  ];
  say('building the image of havock8s');
  const { id } = await buildHavock8sImage({ builder, base, say });
  const havock8s = archive('havock8s', id);
  if (!existsSync(havock8s)) saveImage(builder, havock8sReference(), havock8s);
  for (const file of [...lasting, havock8s]) forgetUnused(archives(), basename(file));
  return { lasting, havock8s };
}

interface Lasting {
  readonly builder: Builder;
  readonly base: BaseImage;
  readonly target: string;
  readonly reference: string;
  readonly say: (line: string) => void;
}

async function lastingArchive({ builder, base, target, reference, say }: Lasting): Promise<string> {
  const dockerfile = join(folder, 'Dockerfile');
  const hash = createHash('sha256')
    .update(JSON.stringify(base))
    .update(readFileSync(dockerfile))
    .digest('hex');
  const file = archive(target, hash);
  if (existsSync(file)) return file;
  say(`building the image ${reference} (once)`);
  await buildImage({ builder, base, folder, dockerfile, target, reference, arguments: {}, say });
  saveImage(builder, reference, file);
  return file;
}

const archives = (): string => join(cacheRoot(), 'image-archives');

const archive = (name: string, hash: string): string => join(archives(), `${name}-${hash.slice(0, 16)}.tar`);
