/** Everything below a directory, as one value. */

import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';

export function tree(directory: string): unknown {
  return Object.fromEntries(
    readdirSync(directory)
      .sort()
      .map((name) => [name, leaf(join(directory, name))]),
  );
}

function leaf(path: string): unknown {
  const stats = lstatSync(path);
  const mode = stats.mode.toString(8);
  if (stats.isDirectory()) return { mode, nlink: stats.nlink, entries: tree(path) };
  if (stats.isSymbolicLink()) return { mode, target: readlinkSync(path) };
  const digest = createHash('sha256').update(readFileSync(path)).digest('hex');
  return { mode, nlink: stats.nlink, size: stats.size, digest };
}
