/** What changes in a file, as a unified diff that `patch -p1` takes; coloured on a terminal. */
import { createTwoFilesPatch, FILE_HEADERS_ONLY } from 'diff';
import { printable } from '../../faults/printable.js';
import type { Sheet } from '../console.js';
import type { Ink } from '../terminal/ink.js';
import type { ChangedFile } from './change-files.js';

/** '' where nothing changes. */
export function unifiedDiff({ file, text }: ChangedFile): string {
  if (text === file.text) return '';
  const name = file.name.replace(/^\/+/, '');
  return createTwoFilesPatch(`a/${name}`, `b/${name}`, file.text, text, undefined, undefined, {
    context: 3,
    headerOptions: FILE_HEADERS_ONLY,
  });
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
