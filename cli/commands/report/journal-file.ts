/** Journals and reports as files of this machine. */
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { messageOf } from '../../../core/havoc-error.js';
import { type Journal, readJournal } from '../../../experiment/journal/read-journal.js';
import { BadInput } from '../../bad-input.js';

/** A journal bounds its measurements to half of it. */
const mostBytes = 128 * 1024 * 1024;

/** `-` is standard input. Throws `BadInput`. */
export function readJournalFile(path: string): Journal {
  const reading = readJournal(textOf(path));
  if (reading.kind === 'journal') return reading.journal;
  throw new BadInput([{ subject: `${nameOf(path)}:${reading.line}`, message: reading.message }]);
}

function textOf(path: string): string {
  try {
    if (path !== '-' && statSync(path).size > mostBytes)
      throw new Error(`is larger than ${mostBytes / 1024 / 1024} MiB; expected the journal of a run`);
    return readFileSync(path === '-' ? 0 : path, 'utf8');
  } catch (error) {
    throw new BadInput([{ subject: nameOf(path), message: messageOf(error) }]);
  }
}

const nameOf = (path: string): string => (path === '-' ? 'standard input' : path);

/** Made with its folder. Throws `BadInput`, for `option`. */
export function writeTo(path: string, text: string, option: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  } catch (error) {
    throw new BadInput([{ subject: `${option} ${path}`, message: messageOf(error) }]);
  }
}
