/**
 * What holder and fault proxy log, for the person at the terminal: warnings and errors, each in one line, and a sentence
 * of the annotations file that was refused with carets. Programs get the lines as they are.
 */

import { printable } from '../../../core/printable.js';
import type { SentenceProblem } from '../../../faults/way-out.js';
import { caretLines } from '../../terminal/caret.js';
import type { Console, Sheet } from '../../terminal/console.js';

/** Of pino: 40 is a warning. */
export const shownLevel = 'warn';

export function showLog({ json, err }: Console): (line: string) => void {
  if (json) return (line) => err.line(line);
  return (line) => {
    for (const text of describe(line, err)) err.line(`${err.ink.dim('havock8s:')} ${text}`);
  };
}

/** That nothing is armed after the end is as it should be. */
const usualEnd = 'faults.closed';

function describe(line: string, err: Sheet): readonly string[] {
  const entry = readEntry(line);
  // Not pino's: what Node itself says of a crash.
  if (entry === null) return [printable(line)];
  const { name, sentence, source, msg, code, reason = code, problems } = entry;
  if (reason === usualEnd) return [];
  if (code !== 'fault.refused' || typeof sentence !== 'string' || !Array.isArray(problems))
    return [`${printable(String(msg))} (${reason})`];
  return [
    `${source} ${name}: the sentence is refused`,
    ...caretLines(sentence, problems as readonly SentenceProblem[], err),
  ];
}

function readEntry(line: string): Readonly<Record<string, unknown>> | null {
  try {
    const entry: unknown = JSON.parse(line);
    return typeof entry === 'object' && entry !== null ? { ...entry } : null;
  } catch {
    return null;
  }
}
