/** A run on this machine, from its file to its verdict and reports. */
import { randomBytes } from 'node:crypto';
import { HavocError } from '../../../core/havoc-error.js';
import type { Experiment, LocalSpec } from '../../../experiment/file/experiment.js';
import { verdictExitCode } from '../../../experiment/verdict.js';
import { BadInput } from '../../bad-input.js';
import { reportFailure } from '../../report-failure.js';
import type { Console } from '../../terminal/console.js';
import { checkFuse } from '../local/check-fuse.js';
import { reportMissing } from '../local/report-missing.js';
import { readJournalFile } from '../report/journal-file.js';
import { checkPlaces, type ReportFlags, writeReports } from '../report/report-files.js';
import type { ExperimentFile } from './experiment-files.js';
import { inNamespace, needsNamespace } from './in-namespace.js';
import { introduce } from './introduce.js';
import { runExperiment } from './run-experiment.js';
import { tellVerdict } from './tell-verdict.js';

export interface LocalRunFlags extends ReportFlags {
  readonly journal?: string;
  readonly user?: string;
}

export interface LocalRun {
  readonly file: ExperimentFile;
  readonly local: LocalSpec;
  readonly words: readonly string[];
}

/** Resolves with the exit code. */
export async function runLocally(
  { file: { experiment, path, name }, local, words }: LocalRun,
  flags: LocalRunFlags,
  console: Console,
): Promise<number> {
  const command = words.length > 0 ? words : (local.command ?? []);
  if (command.length === 0)
    throw new BadInput([
      { subject: 'COMMAND', message: 'is missing; expected it behind --, or as spec.local.command' },
    ]);
  const missing = reportMissing(command, console);
  if (missing !== null) return missing;
  checkPlaces(flags);
  const hasDisks = local.disks.length > 0;
  if (hasDisks) checkFuse();
  if (hasDisks && needsNamespace(console)) return inNamespace(console);
  const journal = flags.journal ?? usualJournal(experiment);
  if (!console.json) introduce(experiment, name, console.err);
  try {
    const judgement = await runExperiment(
      { experiment, local, path, command, journal, user: userOf(flags, local) },
      console,
    );
    const read = () => readJournalFile(journal);
    const reports = await writeReports(flags, { read, path: journal, console });
    tellVerdict(judgement, { experiment: experiment.metadata.name, journal, ...reports }, console);
    return verdictExitCode(judgement.verdict);
  } catch (error) {
    if (!(error instanceof HavocError)) throw error;
    reportFailure(error, console);
    return verdictExitCode('Error');
  }
}

/** What the file says is for root alone: anybody else is who he is. */
const userOf = ({ user }: LocalRunFlags, local: LocalSpec): string | undefined =>
  user ?? (process.getuid?.() === 0 ? local.user : undefined);

/** Sorted by time where one lists them, and never that of a run that was begun in the same second. */
function usualJournal({ metadata }: Experiment): string {
  const time = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
  return `havock8s-runs/${metadata.name}-${time}-${randomBytes(2).toString('hex')}.jsonl`;
}
