/** A package of npm as an archive, for what is unpacked and not installed: fetched, and checked by its hash. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';

export interface NpmPackage {
  readonly name: string;
  readonly version: string;
  /** As package-lock.json has it. */
  readonly integrity: string;
}

const fetchMs = 300_000;

/** Gives the path of the archive in `folder`. */
export async function fetchNpmPackage(wanted: NpmPackage, folder: string): Promise<string> {
  const { name, version, integrity } = wanted;
  const pack = ['pack', `${name}@${version}`, '--json', `--pack-destination=${folder}`];
  const { stdout } = await execa('npm', pack, { cwd: folder, timeout: fetchMs });
  const [{ filename }] = JSON.parse(stdout) as [{ readonly filename: string }];
  const archive = join(folder, filename);
  const found = `sha512-${createHash('sha512').update(readFileSync(archive)).digest('base64')}`;
  if (found !== integrity) throw new Error(`${name} ${version} is ${found}; expected ${integrity}`);
  return archive;
}
