/** Files of experiments and of their schedules, told apart by their kind. */
import { isMap, parseDocument } from 'yaml';
import type { Experiment } from '../../../experiment/file/experiment.js';
import { readExperiment } from '../../../experiment/file/read-experiment.js';
import { readSchedule } from '../../../experiment/schedule/read-schedule.js';
import { type Schedule, scheduleKind } from '../../../experiment/schedule/schedule.js';
import type { SourceFile } from '../../manifests/read-files.js';
import { refuseProblems } from './experiment-files.js';

export type DefinitionFile =
  | { readonly kind: 'experiment'; readonly name: string; readonly experiment: Experiment }
  | { readonly kind: 'schedule'; readonly name: string; readonly schedule: Schedule };

/** Throws `BadInput` with every problem of all of them, each with its place. */
export function definitionsOf(files: readonly SourceFile[]): readonly DefinitionFile[] {
  const read = files.map((file) => ({
    file,
    reading: isSchedule(file.text) ? readSchedule(file.text) : readExperiment(file.text),
  }));
  refuseProblems(read);
  return read.flatMap(({ file: { name }, reading }) =>
    reading.kind === 'problems' ? [] : [{ name, ...reading }],
  );
}

/** What is no YAML is told as an experiment. */
function isSchedule(text: string): boolean {
  const { contents, errors } = parseDocument(text);
  return errors.length === 0 && kindOf(contents) === scheduleKind;
}

const kindOf = (contents: unknown): unknown => (isMap(contents) ? contents.get('kind') : undefined);
