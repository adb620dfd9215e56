/** The image of this checkout, by the name that the manifests ask for. */
import { spawnSync } from 'node:child_process';
import { programVersion } from '../../cli/program-version.js';
import { type BaseKind, baseImage } from './base-image.js';
import { type BuiltImage, buildImage } from './build-image.js';
import type { Builder } from './builder.js';

export interface Havock8sImageWanted {
  readonly builder: Builder;
  readonly base?: BaseKind;
  readonly reference?: string;
  readonly fresh?: boolean;
  readonly say: (line: string) => void;
}

/** Unpacked, above the base with its Node. */
export const boundBytes = 180e6;

export const havock8sReference = (): string => `docker.io/havock8s/havock8s:${programVersion()}`;

export async function buildHavock8sImage(wanted: Havock8sImageWanted): Promise<BuiltImage> {
  const { builder, base, reference = havock8sReference(), fresh = false, say } = wanted;
  const image = await buildImage({
    builder,
    base: baseImage(builder, base, say),
    folder: '.',
    dockerfile: 'Dockerfile',
    reference,
    arguments: { VERSION: programVersion(), REVISION: git('rev-parse', 'HEAD') || 'unknown' },
    epoch: Number(git('log', '-1', '--format=%ct') || 0),
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

/** '' where there is no checkout. */
function git(...args: readonly string[]): string {
  return spawnSync('git', args, { encoding: 'utf8' }).stdout?.trim() ?? '';
}
