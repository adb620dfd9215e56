/** What the bench needs of the machine, told before anything is started. */
import { readFileSync } from 'node:fs';
import { HavocError } from '../../../core/havoc-error.js';
import { requirePrograms } from '../programs.js';
import { coresOf } from './cores.js';

export function checkTools(): void {
  requirePrograms([
    { program: 'taskset', debianPackage: 'util-linux' },
    { program: 'openssl', debianPackage: 'openssl' },
  ]);
  if (coresOf(readFileSync('/proc/self/status', 'utf8')).length < 2) {
    throw new HavocError('bench.lacks', 'the server and its load need a core each, and there is one');
  }
}
