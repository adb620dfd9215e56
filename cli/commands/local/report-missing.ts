/** Whether COMMAND can be started at all, and by what. */
import { HavocError } from '../../../core/havoc-error.js';
import { exitCode } from '../../exit-code.js';
import type { Console } from '../../terminal/console.js';
import { findProgram } from './find-program.js';

/** The exit code when COMMAND cannot be run at all; null when it can. */
export function reportMissing([program]: readonly string[], { env, err }: Console): number | null {
  if (program === undefined) return null;
  if (findProgram('setpriv', env).kind !== 'found') {
    throw new HavocError('local.setpriv-missing', 'setpriv is missing: install util-linux');
  }
  const found = findProgram(program, env);
  if (found.kind === 'found') return null;
  const isMissing = found.kind === 'not-found';
  err.line(
    `${err.ink.red('error:')} COMMAND ${program} ${isMissing ? 'is not to be found' : 'may not be executed'}`,
  );
  return isMissing ? exitCode.notFound : exitCode.cannotExecute;
}
