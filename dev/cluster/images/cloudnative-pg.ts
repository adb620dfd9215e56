/**
 * The image of CloudNativePG's operator, from its Go module. Instances copy their manager from it.
 *
 *     /manager ─► /operator/manager_amd64      what it lists to know for which nodes it has a manager
 */
import { chmodSync, linkSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { execa } from 'execa';
import { baseImage } from '../../image/base-image.js';
import { chooseBuilder } from '../../image/builder.js';
import { cacheFolder, cloudNativePg, moduleFolder, programPath } from '../binaries.js';
import { forgetUnused } from '../forget-unused.js';
import { archives, lastingArchive } from './lasting-archive.js';
import { cloudNativePgImage } from './references.js';

const dockerfile = 'dev/cluster/images/cloudnative-pg.Dockerfile';
const askMs = 60_000;

/** The manager is built already. */
export async function cloudNativePgArchive(say: (line: string) => void): Promise<string> {
  const builder = chooseBuilder(undefined);
  const folder = mkdtempSync(join(cacheFolder(cloudNativePg), 'image-'));
  try {
    const manager = join('operator', `manager_${process.arch === 'x64' ? 'amd64' : process.arch}`);
    // It becomes the root of the image, for an operator that is not root.
    chmodSync(folder, 0o755);
    mkdirSync(join(folder, 'operator'));
    linkSync(programPath('manager'), join(folder, manager));
    symlinkSync(manager, join(folder, 'manager'));
    const file = await lastingArchive({
      ...{ builder, folder, dockerfile, say, base: await baseImage(builder, { say }) },
      ...{ name: 'cloudnative-pg', reference: `${cloudNativePgImage.name}:${cloudNativePgImage.tag}` },
      madeOf: basename(cacheFolder(cloudNativePg)) + readFileSync(dockerfile, 'utf8'),
    });
    forgetUnused(archives(), basename(file));
    return file;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Its kustomization, with CRDs, webhooks and RBAC, where Go keeps the sources of the module. */
export async function cloudNativePgKustomization(): Promise<string> {
  const module = 'github.com/cloudnative-pg/cloudnative-pg';
  const { stdout } = await execa('go', ['list', '-m', '-f', '{{.Dir}}', module], {
    ...{ cwd: moduleFolder(cloudNativePg), timeout: askMs },
  });
  return join(stdout.trim(), 'config', 'default');
}
