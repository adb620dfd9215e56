/** The licences of packages that lie in the files of the product: each asks to go along with a copy of what it is about. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const folderOfPackage = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/;

/** One text, of the packages that `inputs`, paths of files, are of. */
export function licencesOfPackages(inputs: Iterable<string>): string {
  const folders = new Set([...inputs].flatMap((input) => folderOfPackage.exec(input)?.[0] ?? []));
  return [...folders]
    .sort()
    .map(licenceIn)
    .join(`\n${'-'.repeat(80)}\n\n`);
}

function licenceIn(folder: string): string {
  const { name, version, license, repository } = JSON.parse(
    readFileSync(join(folder, 'package.json'), 'utf8'),
  ) as PackageManifest;
  if (license === undefined)
    throw new Error(`${folder}/package.json names no licence; expected one, as an SPDX identifier`);
  const home = typeof repository === 'string' ? repository : repository?.url;
  const text =
    textIn(folder) ?? `The package brings no text of its licence. Its home is ${home ?? 'unknown'}.`;
  return `${name} ${version} (${license})\n\n${text}\n`;
}

interface PackageManifest {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
  readonly repository?: string | { readonly url: string };
}

/** A file of its own, or what stands below such a heading of the README. */
function textIn(folder: string): string | undefined {
  const files = readdirSync(folder);
  const file = files.find((entry) => /^(un)?licen[cs]e/i.test(entry));
  if (file !== undefined) return readFileSync(join(folder, file), 'utf8').trim();
  const readme = files.find((entry) => /^readme/i.test(entry));
  return readme === undefined
    ? undefined
    : /^#+ *licen[cs]e\s*$(.*)/ims.exec(readFileSync(join(folder, readme), 'utf8'))?.[1]?.trim();
}
