/**
 * Makes the database: `initdb`, with a checksum on every page. Its sockets are in a folder that nobody else may
 * enter; on the loopback, where anybody may knock, it asks for a password.
 */

import { run } from '../../programs/run.js';
import type { ServerOptions } from './postgres-server.js';

const access = ['-U', 'postgres', '--auth-local=trust', '--auth-host=scram-sha-256'];
const form = ['--data-checksums', '--encoding=UTF8', '--locale=C'];

type InitialiseOptions = Pick<ServerOptions, 'programs' | 'user' | 'data'> & { readonly signal: AbortSignal };

/** Rejects with `program.failed` and its last words. */
export const initialise = ({ programs, user, data, signal }: InitialiseOptions): Promise<string> =>
  run(programs.initdb, ['-D', data, ...access, ...form], { user, signal, env: {} });
