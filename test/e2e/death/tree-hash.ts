/** One number for all there is in a folder: names, kinds, rights, contents. Two that are alike have the same. */
import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';

export function treeHash(root: string): string {
  const hash = createHash('sha256');
  for (const path of pathsBelow(root)) {
    const at = join(root, path);
    const stat = lstatSync(at);
    hash.update(`${path}\0${stat.mode} ${stat.uid} ${stat.gid} ${stat.nlink}\0`);
    if (stat.isFile()) hash.update(`${stat.size}\0`).update(readFileSync(at));
    if (stat.isSymbolicLink()) hash.update(readlinkSync(at));
  }
  return hash.digest('hex');
}

/** Sorted, itself left out. */
export function pathsBelow(root: string): readonly string[] {
  return (readdirSync(root, { recursive: true }) as string[]).sort();
}
