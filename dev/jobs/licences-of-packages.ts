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
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    readonly name: string;
    readonly version: string;
    readonly license?: string;
  };
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  if (license === undefined || file === undefined)
    throw new Error(`${folder} has no licence; expected a file, and what it is called in package.json`);
  return `${name} ${version} (${license})\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n`;
}
