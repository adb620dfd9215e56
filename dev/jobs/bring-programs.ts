/** Brings the programs of Kubernetes that tests ask for in `needs(...)`, and puts them on the PATH of the tests. */
import { readFileSync } from 'node:fs';
import { delimiter, dirname } from 'node:path';
import { type ClusterProgram, isBuilt, programPath } from '../cluster/binaries.js';
import { buildBinaries } from '../cluster/build-binaries.js';

/** Nobody waits for Kubernetes to test a sentence: of `programs` only what the files name. */
export async function bringPrograms(
  files: readonly string[],
  programs: readonly ClusterProgram[],
): Promise<void> {
  const needs = files
    .flatMap((file) => [...readFileSync(file, 'utf8').matchAll(/\bneeds\(([^)]*)\)/g)])
    .map(([, parts = '']) => parts);
  const wanted = programs.filter((program) => needs.some((parts) => parts.includes(`'${program}'`)));
  await buildBinaries(new Set(wanted), (line) => console.log(line));
  const folders = new Set(wanted.filter(isBuilt).map((program) => dirname(programPath(program))));
  process.env['PATH'] = [...folders, process.env['PATH']].join(delimiter);
}
