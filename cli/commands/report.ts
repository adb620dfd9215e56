/** `havock8s report`: what a run came to, from its journal, for people, for CI and for programs. */
import { Command, Option } from 'commander';
import type { Journal } from '../../experiment/journal/read-journal.js';
import { consoleOf, formatOf } from '../command-options.js';
import type { Console } from '../terminal/console.js';
import { wrap } from '../terminal/wrap.js';

interface ReportFlags {
  readonly to?: string;
}

export function reportCommand(): Command {
  return new Command('report')
    .summary('write what a run came to: for people, for CI, for programs')
    .description(
      'Reads the journal of a run and says what was tried, what held, what did not, and what it means. Nothing is run; the exit code says nothing of the verdict.',
    )
    .argument('<journal>', 'the file that `havock8s run` wrote, - for standard input')
    .addOption(
      new Option('-o, --output <format>', 'text for the terminal; the others are files for others')
        .choices(['text', 'json', 'html', 'junit', 'markdown', 'svg'])
        .default('text'),
    )
    .option('--to <file>', 'write there instead of to stdout')
    .addHelpText('after', examples)
    .action(async (path: string, flags: ReportFlags, self: Command) => {
      // Loaded here: no other command pays for it.
      const { readJournalFile, writeTo } = await import('./report/journal-file.js');
      const console = consoleOf(self);
      const text = await written(await readJournalFile(path), { path, format: formatOf(self), console });
      if (flags.to === undefined) console.out.write(text);
      else {
        writeTo(flags.to, text, '--to');
        console.err.line(`written to ${flags.to}`);
      }
    });
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
  havock8s report journal.jsonl -o json | jq '.probes[] | {name, during: .phases.during.latency}'`;
