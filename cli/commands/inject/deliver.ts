/** What was made of the files, given to whoever asked: the documents, a diff, files written back, or the answer alone. */

import { exitCode } from '../../exit-code.js';
import { type Console, printJson } from '../../terminal/console.js';
import type { ChangedFile } from './change-files.js';
import { joinTexts } from './join-texts.js';
import { outcomeLines } from './outcome-table.js';
import { paintDiff, unifiedDiff } from './unified-diff.js';
import { writeFiles } from './write-files.js';

export interface DeliveryFlags {
  readonly diff?: boolean;
  readonly check?: boolean;
  readonly write?: boolean;
}

/** Returns the exit code. */
export function deliver(files: readonly ChangedFile[], flags: DeliveryFlags, console: Console): number {
  if (flags.write === true) writeFiles(files);
  if (console.json) printJson(console.out, report(files, flags));
  else show(files, flags, console);
  const changes = files.some(({ file, text }) => text !== file.text);
  return flags.check === true && changes ? exitCode.failed : exitCode.done;
}

function show(files: readonly ChangedFile[], flags: DeliveryFlags, { out, err }: Console): void {
  if (flags.diff === true) out.write(paintDiff(files.map(unifiedDiff).join(''), out));
  else if (isDocuments(flags)) out.write(joinTexts(files));
  for (const line of outcomeLines(
    files.flatMap(({ outcomes }) => outcomes),
    err,
  ))
    err.line(line);
}

const isDocuments = ({ diff, check, write }: DeliveryFlags): boolean => !diff && !check && !write;

function report(files: readonly ChangedFile[], flags: DeliveryFlags): unknown {
  return {
    workloads: files.flatMap(({ outcomes }) => outcomes),
    files: files.map((changed) => ({
      name: changed.file.name,
      changed: changed.text !== changed.file.text,
      ...(flags.diff === true ? { diff: unifiedDiff(changed) } : {}),
      ...(isDocuments(flags) ? { text: changed.text } : {}),
    })),
  };
}
