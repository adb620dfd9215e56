/** The image of this checkout, by the name that the manifests ask for. */
import { spawnSync } from 'node:child_process';
import { programVersion } from '../../core/program-version.js';
import type { BaseImage } from './base-image.js';
import { type BuiltImage, buildImage } from './build-image.js';
import type { Builder } from './builder.js';
import { filesEpoch } from './files-epoch.js';

export interface Havock8sImageWanted {
  readonly builder: Builder;
  readonly base: BaseImage;
  readonly reference?: string;
  readonly fresh?: boolean;
  readonly say: (line: string) => void;
}

/** Unpacked, above the base with its Node. */
export const boundBytes = 180e6;

export const havock8sReference = (): string => `localhost/havock8s:${programVersion()}`;

export async function buildHavock8sImage(wanted: Havock8sImageWanted): Promise<BuiltImage> {
  const { builder, base, reference = havock8sReference(), fresh = false, say } = wanted;
  const image = await buildImage({
    builder,
    base,
    folder: '.',
    dockerfile: 'Dockerfile',
    reference,
    arguments: { VERSION: programVersion(), REVISION: revision(), CREATED: created() },
    fresh,
    say,
  });
  const above = image.bytes - image.baseBytes;
  if (above > boundBytes)
    throw new Error(
      `the image has ${megabytes(above)} above its base, and ${megabytes(boundBytes)} are allowed`,
    );
  return image;
}

export const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`;

/** A commit, and whether the files are still as it has them. */
function revision(): string {
  const commit = git('rev-parse', 'HEAD');
  if (commit === '') return 'unknown';
  return git('status', '--porcelain') === '' ? commit : `${commit}-dirty`;
}

/** When the commit was made, in UTC: a build at another time is no other image. */
function created(): string {
  const seconds = Number(git('log', '-1', '--format=%ct') || filesEpoch);
  return new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
}

/** '' where there is no checkout. */
function git(...args: readonly string[]): string {
  return spawnSync('git', args, { encoding: 'utf8' }).stdout?.trim() ?? '';
}
