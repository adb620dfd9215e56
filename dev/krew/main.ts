/** `npm run krew`: the archive and the manifest by which `kubectl krew install` brings the plugin. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { programVersion } from '../../core/program-version.js';
import { writePluginArchive } from './plugin-archive.js';
import { pluginManifest, pluginName } from './plugin-manifest.js';

const version = programVersion();
const archiveName = `${pluginName}-${version}.tar.gz`;

await new Command('npm run krew --')
  .description(
    `Writes ${archiveName}, the plugin of kubectl with all that it needs but Node.js, and ${pluginName}.yaml, its manifest for Krew.`,
  )
  .requiredOption(
    '--release <URL>',
    'the folder where the archive will be found, as https://example.org/havock8s/releases/v0.1.0',
    readFolder,
  )
  .option('--into <DIR>', 'where both are written', `${pluginName}-krew`)
  .addHelpText(
    'after',
    `
Try it before it is published:
  kubectl krew install --manifest ${pluginName}-krew/${pluginName}.yaml --archive ${pluginName}-krew/${archiveName}`,
  )
  .action(async ({ release, into }: { readonly release: URL; readonly into: string }) => {
    mkdirSync(into, { recursive: true });
    const sha256 = await writePluginArchive(join(into, archiveName));
    const manifest = join(into, `${pluginName}.yaml`);
    writeFileSync(manifest, pluginManifest({ version, uri: new URL(archiveName, release).href, sha256 }));
    process.stderr.write(`${join(into, archiveName)}  sha256:${sha256}\n${manifest}\n`);
  })
  .parseAsync();

function readFolder(text: string): URL {
  const folder = text.endsWith('/') ? text : `${text}/`;
  if (!URL.canParse(folder) || !folder.startsWith('https://'))
    throw new InvalidArgumentError(
      'Give an address that begins with https://, to which the name of the archive is added.',
    );
  return new URL(folder);
}
