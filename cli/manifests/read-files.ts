/** What `-f` names, read whole: files, the manifests in a directory, and `-`, which is stdin. */
import { createReadStream, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { BadInput, type InputProblem } from '../bad-input.js';
import { readWhole, unreadable } from '../read-whole.js';
import { decodeUtf8 } from './decode-utf8.js';
import { manifestLimits } from './manifest-limits.js';

export interface SourceFile {
  /** As a person calls it. */
  readonly name: string;
  /** Null: stdin. */
  readonly path: string | null;
  readonly text: string;
}

/** In the order they were named, a directory's sorted. Throws `BadInput` with everything that cannot be read. */
export async function readFiles(
  named: readonly string[],
  stdin: Readable = process.stdin,
): Promise<readonly SourceFile[]> {
  const problems: InputProblem[] = [];
  const places = named.flatMap((name, index) => placesOf(name, named.indexOf(name) < index, problems));
  if (places.length > manifestLimits.files)
    throw new BadInput([{ subject: '-f', message: `more than ${manifestLimits.files} files` }]);
  const files: SourceFile[] = [];
  let read = 0;
  for (const { name, path } of places) {
    const bytes = await readWhole(
      path === null ? stdin : createReadStream(path, { end: manifestLimits.bytes }),
      manifestLimits.bytes,
    );
    if (typeof bytes === 'string') {
      problems.push({ subject: name, message: bytes });
      continue;
    }
    read += bytes.length;
    if (read > manifestLimits.allBytes)
      throw new BadInput([
        { subject: '-f', message: `more than ${manifestLimits.allBytes / 2 ** 20} MiB, all files together` },
      ]);
    const decoded = decodeUtf8(bytes);
    if (decoded.kind === 'text') files.push({ name, path, text: decoded.text });
    else
      problems.push({ subject: `${name}:${decoded.line}:${decoded.column}`, message: 'this is not UTF-8' });
  }
  if (problems.length > 0) throw new BadInput(problems);
  return files;
}

interface Place {
  readonly name: string;
  readonly path: string | null;
}

function placesOf(name: string, isAgain: boolean, problems: InputProblem[]): readonly Place[] {
  const flaw = (message: string): readonly Place[] => {
    problems.push({ subject: `-f ${name}`, message });
    return [];
  };
  if (isAgain) return flaw('was named before');
  if (name === '-') return [{ name: 'stdin', path: null }];
  try {
    if (!statSync(name).isDirectory()) return [{ name, path: name }];
    const manifests = readdirSync(name, { withFileTypes: true })
      .filter((entry) => !entry.isDirectory() && /\.(ya?ml|json)$/.test(entry.name))
      .map((entry) => join(name, entry.name))
      .sort();
    if (manifests.length === 0) return flaw('the directory has no *.yaml, *.yml or *.json');
    return manifests.map((path) => ({ name: path, path }));
  } catch (error) {
    return flaw(unreadable(error));
  }
}
