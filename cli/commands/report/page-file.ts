/** The page of a run, written where its journal lies on this machine. */
import { accessSync, constants, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { messageOf } from '../../../core/havoc-error.js';
import { BadInput } from '../../bad-input.js';
import { reportFailure } from '../../report-failure.js';
import type { Console } from '../../terminal/console.js';

/** Nobody wants to hear after a long run that there is no place for its report. Throws `BadInput`, for `option`. */
export function checkPlace(path: string, option: string): void {
  const folder = dirname(path);
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw new Error('is a directory');
  } catch (error) {
    throw new BadInput([{ subject: `${option} ${path}`, message: messageOf(error) }]);
  }
}

/** Resolves with the path, or, where the page cannot be written, says so: the verdict stays what it is. */
export async function writePage(
  path: string,
  { journal, console }: { readonly journal: string; readonly console: Console },
): Promise<string | null> {
  // Loaded here: a run that is asked for none does not pay for it.
  const [{ readJournalFile, writeTo }, { reportOf }, { htmlOf }] = await Promise.all([
    import('./journal-file.js'),
    import('../../../experiment/report/report.js'),
    import('../../../experiment/report/html/page.js'),
  ]);
  try {
    const events = await readJournalFile(journal);
    writeTo(path, htmlOf(reportOf(events, journal), events), '--report');
    return path;
  } catch (error) {
    if (!(error instanceof BadInput)) throw error;
    reportFailure(error, console);
    return null;
  }
}
