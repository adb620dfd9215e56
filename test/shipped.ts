/** What the tests run is what ships: the programs in `build/`, each in one file. */
import { statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { LocalOptions, Sidecar } from '../sidecar/supervise/local/local-options.js';
import { startSidecar } from '../sidecar/supervise/local.js';

const at = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/**
 * The path of a program, as `cli/main`. The runner builds them first; a test file that is run without it could find old ones. A bug of a
 * test's own, which `NODE_OPTIONS` loads, spoils modules of `dist/`: there those run.
 */
export function shipped(program: string, env = process.env): string {
  if (env['NODE_OPTIONS']?.includes('--import')) return at(`dist/${program}.js`);
  const path = at(`build/${program}.js`);
  if (process.env['NODE_TEST_CONTEXT'] !== undefined) return path;
  const builtMs = statSync(at('build/cli/main.js'), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (builtMs < statSync(at('dist/.tsbuildinfo')).mtimeMs)
    throw new Error(`${path} is missing, or older than what was compiled: npm run build`);
  return path;
}

export const startShipped = (options: LocalOptions): Promise<Sidecar> =>
  startSidecar(options, shipped('sidecar/supervise/local/main'));
