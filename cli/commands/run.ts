/** `havock8s run`: an experiment against a command of this machine, ending with a verdict. */
import { randomBytes } from 'node:crypto';
import { statSync } from 'node:fs';
import { Command } from 'commander';
import { HavocError } from '../../core/havoc-error.js';
import type { Experiment, LocalSpec } from '../../experiment/file/experiment.js';
import { type Judgement, verdictExitCode } from '../../experiment/verdict.js';
import { BadInput } from '../bad-input.js';
import { consoleOf } from '../command-options.js';
import { reportFailure } from '../report-failure.js';
import { type Console, printJson } from '../terminal/console.js';
import { wrap } from '../terminal/wrap.js';
import { mayMount } from './local/capabilities.js';
import { checkFuse } from './local/check-fuse.js';
import { checkNamespace, isInNamespace, runInNamespace } from './local/namespace.js';
import { reportMissing } from './local/report-missing.js';
import { checkPlace, writePage } from './report/page-file.js';

interface RunFlags {
  readonly filename: string;
  readonly journal?: string;
  readonly report?: string;
  readonly user?: string;
}

export function runCommand(): Command {
  return new Command('run')
    .summary('run an experiment against a command, and say its verdict')
    .description(
      'Runs an experiment: starts the command on the disks and ports that the file names, waits until the hypothesis holds, carries out the steps, waits until all is well again, and ends with a verdict. However it ends, no fault is left behind.',
    )
    .argument(
      '[command...]',
      'the program under test and its arguments; without it local.command of the file',
    )
    .requiredOption('-f, --filename <file>', 'the experiment: YAML or JSON, - for standard input')
    .option(
      '--journal <file>',
      'where everything that happens is written (default: havock8s-runs/NAME-TIME-XXXX.jsonl)',
    )
    .option('--report <file.html>', 'write what the run came to there, as a page for people')
    .option('--user <uid[:gid]>', 'run the command as this user, by name or number, with their groups')
    .addHelpText('after', examples)
    .action(async (words: readonly string[], flags: RunFlags, self: Command) => {
      const console = consoleOf(self);
      try {
        process.exitCode = await run(words, flags, console);
      } finally {
        // Whatever still holds this process when all is done must not keep a script waiting.
        setTimeout(() => process.exit(), 2000).unref();
      }
    });
}

async function run(words: readonly string[], flags: RunFlags, console: Console): Promise<number> {
  const mayNeedNamespace = !mayMount() && !isInNamespace(console.env);
  // What can be read only once is read by who needs it.
  if (mayNeedNamespace && !isFile(flags.filename)) return inNamespace(console);
  // Loaded here: no other command pays for it.
  const [{ experimentFile }, { runExperiment }, { introduce }] = await Promise.all([
    import('./run/experiment-files.js'),
    import('./run/run-experiment.js'),
    import('./run/introduce.js'),
  ]);
  const { experiment, path, name } = await experimentFile(flags.filename);
  const { local } = experiment.spec;
  if (local === undefined)
    throw new BadInput([
      { subject: flags.filename, message: 'has no spec.local; expected the disks and ports of the command' },
    ]);
  const command = words.length > 0 ? words : (local.command ?? []);
  if (command.length === 0)
    throw new BadInput([
      { subject: 'COMMAND', message: 'is missing; expected it behind --, or as spec.local.command' },
    ]);
  const missing = reportMissing(command, console);
  if (missing !== null) return missing;
  if (flags.report !== undefined) checkPlace(flags.report, '--report');
  const hasDisks = local.disks.length > 0;
  if (hasDisks) checkFuse();
  if (hasDisks && mayNeedNamespace) return inNamespace(console);
  const journal = flags.journal ?? usualJournal(experiment);
  if (!console.json) introduce(experiment, name, console.err);
  try {
    const judgement = await runExperiment(
      { experiment, local, path, command, journal, user: userOf(flags, local) },
      console,
    );
    const report = flags.report === undefined ? null : await writePage(flags.report, { journal, console });
    tell(judgement, { experiment, journal, report, console });
    return verdictExitCode(judgement.verdict);
  } catch (error) {
    if (!(error instanceof HavocError)) throw error;
    reportFailure(error, console);
    return verdictExitCode('Error');
  }
}

/** The same words once more, by this user, where they may mount. */
function inNamespace({ env }: Console): Promise<number> {
  checkNamespace();
  return runInNamespace(process.argv.slice(1), env);
}

const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() ?? path !== '-';

/** What the file says is for root alone: anybody else is who he is. */
const userOf = ({ user }: RunFlags, local: LocalSpec): string | undefined =>
  user ?? (process.getuid?.() === 0 ? local.user : undefined);

/** Sorted by time where one lists them, and never that of a run that was begun in the same second. */
function usualJournal({ metadata }: Experiment): string {
  const time = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
  return `havock8s-runs/${metadata.name}-${time}-${randomBytes(2).toString('hex')}.jsonl`;
}

interface Told {
  readonly experiment: Experiment;
  readonly journal: string;
  /** Null: none was asked for, or it could not be written. */
  readonly report: string | null;
  readonly console: Console;
}

function tell(judgement: Judgement, { experiment, journal, report, console: { json, out } }: Told): void {
  if (json) {
    printJson(out, { experiment: experiment.metadata.name, ...judgement, journal, report });
    return;
  }
  const { verdict, reason, message, data, deviated } = judgement;
  const ink = verdict === 'Passed' ? out.ink.green : out.ink.red;
  out.line(`\n${ink(out.ink.bold(verdict))}  ${reason}`);
  out.line(wrap(message, Math.min(out.columns, 100), '  '));
  out.line(`  ${out.ink.dim('data')}       ${data}`);
  out.line(`  ${out.ink.dim('deviated')}   ${deviated ? 'yes: a probe failed while faults were on' : 'no'}`);
  out.line(`  ${out.ink.dim('journal')}    ${journal}`);
  if (report !== null) out.line(`  ${out.ink.dim('report')}     ${report}`);
}

const examples = `
Examples:
  havock8s run -f slow-fsync.yaml -- postgres -D /mnt/pg
  havock8s run -f slow-fsync.yaml --output json | jq -r .verdict

A small experiment, in full: a web server whose disk is slow must answer every request within 2 s.
  apiVersion: havock8s.io/v1alpha1
  kind: Experiment
  metadata: { name: slow-disk }
  spec:
    local:
      disks: [{ name: www }]
      command: [sh, -c, 'cd "$HAVOCK8S_DISK_WWW" && echo hello >index.html && exec python3 -m http.server 8080']
    hypothesis:
      probes:
        - { name: page, http: { url: 'http://127.0.0.1:8080/' }, interval: 500ms, timeout: 2s }
    steps:
      - { name: slow, fault: 'disk latency 300ms on open,read for 5s' }

A disk without backing and mount is made for the run. The command finds it in HAVOCK8S_DISK_NAME.

Exit codes, by the verdict:
  0  Passed: the hypothesis held, each fault hit, all was well again in time
  1  Failed: it did not
  2  the file or the command line is wrong; nothing was started
  3  Inconclusive: nothing can be said, as when a fault hit nothing, or a probe measured too little
  4  Aborted: by you, a probe with abort, or the time limit
  5  Error: havock8s could not do what the file says`;
