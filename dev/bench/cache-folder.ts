/** Where the bench keeps what it compiles to compare with, outside the checkout. */
import { mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

export function cacheFolder(): string {
  const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'havock8s');
  mkdirSync(cache, { recursive: true });
  return cache;
}
