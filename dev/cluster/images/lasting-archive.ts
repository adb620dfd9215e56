/** Archives of images that do not change from commit to commit: each is built once for what it is made of, and kept. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cacheRoot } from '../../cache-root.js';
import { buildImage, type ImageWanted, saveImage } from '../../image/build-image.js';

export interface Lasting extends Omit<ImageWanted, 'arguments'> {
  /** Of the archive. */
  readonly name: string;
  /** Another image where this is another text. */
  readonly madeOf: string;
}

export async function lastingArchive({ name, madeOf, ...wanted }: Lasting): Promise<string> {
  const file = archive(name, createHash('sha256').update(madeOf).digest('hex'));
  if (existsSync(file)) return file;
  wanted.say(`building the image ${wanted.reference} (once)`);
  await buildImage({ ...wanted, arguments: {} });
  saveImage(wanted.builder, wanted.reference, file);
  return file;
}

export const archives = (): string => join(cacheRoot(), 'image-archives');

export const archive = (name: string, hash: string): string =>
  join(archives(), `${name}-${hash.slice(0, 16)}.tar`);
