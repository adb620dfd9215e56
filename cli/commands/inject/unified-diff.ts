/** What changes in a file, as a unified diff that `patch -p1` takes; coloured on a terminal. */
import { FILE_HEADERS_ONLY, formatPatch } from 'diff';
import { printable } from '../../../core/printable.js';
import type { Sheet } from '../../terminal/console.js';
import type { Ink } from '../../terminal/ink.js';
import type { ChangedFile } from './change-files.js';
import { hunksOf } from './hunks.js';

/** '' where nothing changes. */
export function unifiedDiff({ file, edits }: Pick<ChangedFile, 'file' | 'edits'>): string {
  if (edits.length === 0) return '';
  const name = file.name.replace(/^\/+/, '');
  return formatPatch(
    {
      oldFileName: `a/${name}`,
      newFileName: `b/${name}`,
      oldHeader: undefined,
      newHeader: undefined,
      hunks: [...hunksOf(file.text, edits)],
    },
    FILE_HEADERS_ONLY,
  );
}

export function paintDiff(diff: string, { ink, isTerminal }: Pick<Sheet, 'ink' | 'isTerminal'>): string {
  if (!isTerminal) return diff;
  return diff.replace(/^.*$/gm, (line) => paintLine(printable(line), ink));
}

function paintLine(line: string, ink: Ink): string {
  if (line.startsWith('---') || line.startsWith('+++')) return ink.bold(line);
  if (line.startsWith('@@')) return ink.cyan(line);
  if (line.startsWith('+')) return ink.green(line);
  return line.startsWith('-') ? ink.red(line) : line;
}
