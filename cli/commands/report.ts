/** `havock8s report`: what a run came to, from its journal, for people, for CI and for programs. */
import { Command, Option } from 'commander';
import type { Journal } from '../../experiment/journal/read-journal.js';
import {
  addOptions,
  connectOptions,
  isOfCluster,
  type NamespaceFlags,
  namespaceOption,
} from '../cluster/cluster-flags.js';
import { consoleOf, formatOf } from '../command-options.js';
import type { Console } from '../terminal/console.js';
import { wrap } from '../terminal/wrap.js';

interface ReportFlags extends NamespaceFlags {
  readonly to?: string;
}

export function reportCommand(): Command {
  const command = new Command('report')
    .summary('write what a run came to: for people, for CI, for programs')
    .description(
      'Reads the journal of a run and says what was tried, what held, what did not, and what it means. Nothing is run; the exit code says nothing of the verdict.',
    )
    .argument(
      '<journal>',
      'the file that `havock8s run` wrote, - for standard input; of a cluster the NAME of the experiment',
    )
    .addOption(
      new Option('-o, --output <format>', 'text for the terminal; the others are files for others')
        .choices(['text', 'json', 'html', 'junit', 'markdown', 'svg'])
        .default('text'),
    )
    .option('--to <file>', 'write there instead of to stdout');
  return addOptions(command, [namespaceOption(), ...connectOptions()])
    .addHelpText('after', examples)
    .action(async (name: string, flags: ReportFlags, self: Command) => {
      // Loaded here: no other command pays for it.
      const { writeTo } = await import('./report/journal-file.js');
      const console = consoleOf(self);
      const { journal, path } = isOfCluster(flags, self)
        ? await journalOfRun(name, flags)
        : await journalOfFile(name);
      const text = await written(journal, { path, format: formatOf(self), console });
      if (flags.to === undefined) console.out.write(text);
      else {
        writeTo(flags.to, text, '--to');
        console.err.line(`written to ${flags.to}`);
      }
    });
}

async function journalOfFile(path: string) {
  const { readJournalFile } = await import('./report/journal-file.js');
  return { journal: await readJournalFile(path), path };
}

async function journalOfRun(name: string, flags: NamespaceFlags) {
  const { findJournal } = await import('../cluster/experiments/show-run.js');
  return findJournal(name, flags);
}

interface Wanted {
  readonly path: string;
  readonly format: string;
  readonly console: Console;
}

async function written(journal: Journal, { path, format, console }: Wanted): Promise<string> {
  const [{ reportFormats, writeReport }, { reportOf }, { paragraphsOf }] = await Promise.all([
    import('../../experiment/report/formats.js'),
    import('../../experiment/report/report.js'),
    import('../../experiment/report/text.js'),
  ]);
  const report = reportOf(journal, path);
  const other = reportFormats.find((one) => one === format);
  if (other !== undefined) return writeReport[other](report, journal);
  const { out } = console;
  const columns = Math.min(out.columns, 100);
  return paragraphsOf(report)
    .map(({ title, lines }) =>
      [out.ink.bold(title), ...lines.map((line) => wrap(line, columns, '  '))].join('\n'),
    )
    .join('\n\n')
    .concat('\n');
}

const examples = `
Examples:
  havock8s report havock8s-runs/hanging-disk-20261130T201909Z-3f9a.jsonl
  havock8s report journal.jsonl -o html --to report.html
  havock8s report journal.jsonl -o svg --to timeline.svg
  havock8s report journal.jsonl -o junit --to junit.xml
  havock8s report journal.jsonl -o markdown >>"$GITHUB_STEP_SUMMARY"
  havock8s report journal.jsonl -o json | jq '.probes[] | {name, during: .phases.during.latency}'
  kubectl havock8s report slow-wal -n shop -o html --to report.html

With -n, --context or --kubeconfig, and always as \`kubectl havock8s\`, it is the journal of an experiment of a cluster,
which may still go on.`;
