/** The files of experiments, read: or refused with every problem of all of them, each with its place. */
import type { PlacedProblem } from '../../../core/read-by-schema.js';
import type { Experiment } from '../../../experiment/file/experiment.js';
import { readExperiment } from '../../../experiment/file/read-experiment.js';
import { BadInput } from '../../bad-input.js';
import type { NamespaceFlags } from '../../cluster/cluster-flags.js';
import { readFiles, type SourceFile } from '../../manifests/read-files.js';

export interface ExperimentFile extends SourceFile {
  readonly experiment: Experiment;
}

/** Throws `BadInput`. */
export const experimentFiles = async (named: readonly string[]): Promise<readonly ExperimentFile[]> =>
  experimentsOf(await readFiles(named));

/** Throws `BadInput`. */
export function experimentsOf(files: readonly SourceFile[]): readonly ExperimentFile[] {
  const read = files.map((file) => ({ file, reading: readExperiment(file.text) }));
  refuseProblems(read);
  return read.flatMap(({ file, reading }) =>
    reading.kind === 'experiment' ? [{ ...file, experiment: reading.experiment }] : [],
  );
}

interface ReadFile {
  readonly file: SourceFile;
  readonly reading:
    | { readonly kind: string }
    | { readonly kind: 'problems'; readonly problems: readonly PlacedProblem[] };
}

/** Throws `BadInput` with those of all files. */
export function refuseProblems(files: readonly ReadFile[]): void {
  const problems = files.flatMap(({ file, reading }) =>
    'problems' in reading
      ? reading.problems.map(({ line, column, message }) => ({
          subject: `${file.name}:${line}:${column}`,
          message,
        }))
      : [],
  );
  if (problems.length > 0) throw new BadInput(problems);
}

/** The one experiment that is to be run. Throws `BadInput`. */
export async function experimentFile(named: string): Promise<ExperimentFile> {
  const [file, ...more] = await experimentFiles([named]);
  if (file === undefined || more.length > 0)
    throw new BadInput([
      {
        subject: `-f ${named}`,
        message: `names ${more.length + (file ? 1 : 0)} files; expected one experiment`,
      },
    ]);
  return file;
}

/** Of what is to be done in a cluster. Throws `BadInput`. */
export function checkTargets({ name, experiment }: ExperimentFile): void {
  if (experiment.spec.targets.length > 0) return;
  const message = 'has no spec.targets; expected the pods of a cluster that it is about';
  throw new BadInput([{ subject: name, message }]);
}

/** Where a run of this file is made: as the command line says, or the file. Throws `BadInput` where they differ. */
export function placedBy({ name, experiment }: ExperimentFile, flags: NamespaceFlags): NamespaceFlags {
  const { namespace } = experiment.metadata;
  if (namespace === undefined) return flags;
  if (flags.namespace === undefined || flags.namespace === namespace) return { ...flags, namespace };
  const message = `is ${namespace} in ${name}; expected the same as --namespace ${flags.namespace}, or none`;
  throw new BadInput([{ subject: 'metadata.namespace', message }]);
}
