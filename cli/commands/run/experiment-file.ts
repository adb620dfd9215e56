/** The file of an experiment, or `-` for standard input: read, or refused with every problem and its place. */
import { readFileSync, statSync } from 'node:fs';
import { messageOf } from '../../../core/havoc-error.js';
import type { Experiment } from '../../../experiment/file/experiment.js';
import { readExperiment } from '../../../experiment/file/read-experiment.js';
import { BadInput } from '../../bad-input.js';

/** A file that is larger is something else. */
const mostBytes = 1024 * 1024;

/** Throws `BadInput`. */
export function experimentFile(path: string): Experiment {
  const reading = readExperiment(textOf(path));
  if (reading.kind === 'experiment') return reading.experiment;
  const name = path === '-' ? 'standard input' : path;
  throw new BadInput(
    reading.problems.map(({ line, column, message }) => ({ subject: `${name}:${line}:${column}`, message })),
  );
}

function textOf(path: string): string {
  try {
    if (path !== '-' && statSync(path).size > mostBytes)
      throw new Error(`larger than ${mostBytes / 1024} KiB, and so no experiment`);
    return readFileSync(path === '-' ? 0 : path, 'utf8');
  } catch (error) {
    throw new BadInput([{ subject: `-f ${path}`, message: messageOf(error) }]);
  }
}
