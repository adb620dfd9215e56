/** Journals and reports as files of this machine. */
import { createReadStream, mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { messageOf } from '../../../core/havoc-error.js';
import { type Journal, readJournal } from '../../../experiment/journal/read-journal.js';
import { BadInput } from '../../bad-input.js';
import { readWhole } from '../../read-whole.js';

/** A journal bounds its measurements to half of it. */
const mostBytes = 128 * 1024 * 1024;

/** `-` is standard input. Throws `BadInput`. */
export async function readJournalFile(path: string): Promise<Journal> {
  const reading = readJournal(await textOf(path));
  if (reading.kind === 'journal') return reading.journal;
  throw new BadInput([{ subject: `${nameOf(path)}:${reading.line}`, message: reading.message }]);
}

async function textOf(path: string): Promise<string> {
  const bytes = await readWhole(path === '-' ? process.stdin : createReadStream(path), mostBytes);
  if (typeof bytes !== 'string') return bytes.toString('utf8');
  throw new BadInput([{ subject: nameOf(path), message: `${bytes}; expected the journal of a run` }]);
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
