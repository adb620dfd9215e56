/** Makes the database: `initdb`, with a checksum on every page. */
import { execFile } from 'node:child_process';
import { HavocError } from '../sidecar/havoc-error.js';
import type { ServerOptions } from './postgres-server.js';

const timeoutMs = 60_000;
const form = ['-U', 'postgres', '--auth=trust', '--data-checksums', '--encoding=UTF8', '--locale=C'];

type InitialiseOptions = Pick<ServerOptions, 'programs' | 'user' | 'data'> & { readonly signal: AbortSignal };

/** Rejects with `E_INITDB` and its last words. */
export function initialise({ programs, user, data, signal }: InitialiseOptions): Promise<void> {
  const settings = { ...user, cwd: '/', env: {}, timeout: timeoutMs, signal };
  return new Promise((resolve, reject) => {
    execFile(programs.initdb, ['-D', data, ...form], settings, (cause, _stdout, stderr) => {
      if (!cause) resolve();
      else reject(new HavocError('E_INITDB', `initdb failed: ${stderr.trim() || cause.message}`, { cause }));
    });
  });
}
