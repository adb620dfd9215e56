/**
 * The archive of the kubectl plugin: the command with all packages that it loads, as one portable folder. What calls the
 * kernel of Linux stays out, so it runs wherever Node.js does, and only what needs a sidecar at hand is told to be missing.
 */
import { createHash } from 'node:crypto';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { execa } from 'execa';
import { filesEpoch } from '../image/files-epoch.js';
import { bundle } from '../jobs/bundle.js';
import { licencesOfPackages } from '../jobs/licences-of-packages.js';

/** Where the command stands within the archive; executable. */
export const commandInArchive = 'build/cli/main.js';

const archiveMs = 60_000;

/** Writes it to `path`, the same bytes for the same sources; gives its SHA-256, in hexadecimal. */
export async function writePluginArchive(path: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'havock8s-krew-'));
  try {
    await putFiles(folder);
    mkdirSync(dirname(path), { recursive: true });
    const same = ['--sort=name', '--owner=0', '--group=0', '--numeric-owner', `--mtime=@${filesEpoch}`];
    const packed = ['--use-compress-program=gzip -n', '--create', `--file=${path}`, `--directory=${folder}`];
    await execa('tar', [...same, ...packed, '.'], { timeout: archiveMs });
    return createHash('sha256').update(readFileSync(path)).digest('hex');
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function putFiles(folder: string): Promise<void> {
  const { outputFiles, metafile } = await bundle('cli/main', {
    outDir: 'build',
    isApart: () => false,
    alias: { koffi: './dev/krew/no-koffi.ts' },
  });
  for (const { path, contents } of outputFiles) {
    const place = join(folder, relative('.', path));
    mkdirSync(dirname(place), { recursive: true });
    writeFileSync(place, contents);
  }
  chmodSync(join(folder, commandInArchive), 0o755);
  writeFileSync(join(folder, 'licences.txt'), licencesOfPackages(Object.keys(metafile.inputs)));
  for (const file of ['LICENSE', 'package.json']) cpSync(file, join(folder, file));
}
