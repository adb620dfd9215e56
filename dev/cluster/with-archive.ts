/** An image as an archive: that of a path, or what docker or podman has by that name. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const engines = ['docker', 'podman'] as const;
const saveMs = 300_000;

/** What is written for it is gone afterwards. */
export async function withArchive(image: string, use: (archive: string) => void): Promise<void> {
  if (existsSync(image)) return use(resolve(image));
  const folder = mkdtempSync(join(tmpdir(), 'havock8s-image-'));
  try {
    const archive = join(folder, 'image.tar');
    const said = engines.map((engine) => save(engine, image, archive));
    if (!existsSync(archive))
      throw new Error(`${image} is not a file, and no engine here has it:\n  ${said.join('\n  ')}`);
    use(archive);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What it said, where it did not. */
function save(engine: string, image: string, archive: string): string {
  if (existsSync(archive)) return '';
  const { status, stderr, error } = spawnSync(engine, ['save', '--output', archive, image], {
    encoding: 'utf8',
    timeout: saveMs,
  });
  if (status === 0) return '';
  rmSync(archive, { force: true });
  return `${engine}: ${error === undefined ? stderr.trim() : 'is not there'}`;
}
