/** The page of a run, and what it is for CI, written on this machine. */
import { accessSync, constants, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { messageOf } from '../../../core/havoc-error.js';
import type { Journal } from '../../../experiment/journal/read-journal.js';
import type { ReportFormat } from '../../../experiment/report/formats.js';
import { BadInput } from '../../bad-input.js';
import { reportFailure } from '../../report-failure.js';
import type { Console } from '../../terminal/console.js';

/** Nobody wants to hear after a long run that there is no place for its report. Throws `BadInput`, for `option`. */
function checkPlace(path: string, option: string): void {
  const folder = dirname(path);
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw new Error('is a directory');
  } catch (error) {
    throw new BadInput([{ subject: `${option} ${path}`, message: messageOf(error) }]);
  }
}

/** Files that a run is asked for at its end. */
export interface ReportFlags {
  readonly report?: string;
  readonly junit?: string;
}

/** Null: it was not asked for, or could not be written. */
export interface WrittenReports {
  readonly report: string | null;
  readonly junit: string | null;
}

export function checkPlaces({ report, junit }: ReportFlags): void {
  if (report !== undefined) checkPlace(report, '--report');
  if (junit !== undefined) checkPlace(junit, '--junit');
}

interface Source {
  readonly read: () => Promise<Journal>;
  /** As the reports call the journal. */
  readonly path: string;
  readonly console: Console;
}

/** What cannot be written is told: the verdict stays what it is. */
export async function writeReports(
  { report, junit }: ReportFlags,
  { read, path, console }: Source,
): Promise<WrittenReports> {
  if (report === undefined && junit === undefined) return { report: null, junit: null };
  // Loaded here: a run that is asked for none does not pay for it.
  const [{ writeTo }, { reportOf }, { writeReport }] = await Promise.all([
    import('./journal-file.js'),
    import('../../../experiment/report/report.js'),
    import('../../../experiment/report/formats.js'),
  ]);
  const write = async (
    file: string | undefined,
    option: string,
    format: ReportFormat,
  ): Promise<string | null> => {
    if (file === undefined) return null;
    try {
      const journal = await read();
      writeTo(file, writeReport[format](reportOf(journal, path), journal), option);
      return file;
    } catch (error) {
      if (!(error instanceof BadInput)) throw error;
      reportFailure(error, console);
      return null;
    }
  };
  return { report: await write(report, '--report', 'html'), junit: await write(junit, '--junit', 'junit') };
}
