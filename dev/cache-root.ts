/** The folder of all that is slow to make and outlives the checkout. */
import { homedir } from 'node:os';
import { join } from 'node:path';

export const cacheRoot = (): string =>
  join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'havock8s');
