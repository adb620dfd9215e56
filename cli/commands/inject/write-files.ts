/** Files written back, each whole or not at all: a new file takes the place of the old one, with its mode and owner. */
import {
  chownSync,
  closeSync,
  fchmodSync,
  fsyncSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { HavocError } from '../../../core/havoc-error.js';
import type { ChangedFile } from './change-files.js';

export function writeFiles(files: readonly ChangedFile[]): void {
  for (const { file, text } of files)
    if (file.path !== null && text !== file.text) writeWhole(file.path, text);
}

function writeWhole(named: string, text: string): void {
  let draft: string | null = null;
  try {
    // A symbolic link stays one.
    const path = realpathSync(named);
    const { mode, uid, gid } = statSync(path);
    draft = join(dirname(path), `.${basename(path)}.${process.pid}.havock8s`);
    const file = openSync(draft, 'wx', 0o600);
    try {
      writeAll(file, Buffer.from(text));
      fchmodSync(file, mode & 0o7777);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    if (process.getuid?.() === 0) chownSync(draft, uid, gid);
    renameSync(draft, path);
  } catch (error) {
    if (draft !== null) rmSync(draft, { force: true });
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new HavocError('manifests.not-writable', `${named} cannot be written (${code}); it is as it was`, {
      cause: error,
    });
  }
}

function writeAll(file: number, bytes: Buffer): void {
  let done = 0;
  while (done < bytes.length) done += writeSync(file, bytes, done);
}
