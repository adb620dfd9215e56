/** `havock8s new`: writes the file of a first experiment, asking for what was not given. */
import { writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { createInterface } from 'node:readline/promises';
import { Command } from 'commander';
import type { Draft } from '../../experiment/file/draft.js';
import { BadInput } from '../bad-input.js';
import { consoleOf } from '../command-options.js';
import { exitCode } from '../exit-code.js';
import { newFileProblem } from '../new-file-problem.js';
import { type Console, printJson } from '../terminal/console.js';

interface NewFlags {
  readonly fault?: string;
  readonly probe?: string;
  readonly workload?: string;
  readonly to?: string;
}

export function newCommand(): Command {
  return new Command('new')
    .summary('write the file of a first experiment')
    .description(
      'Writes the file of an experiment, with a comment beside everything that people change. On a terminal it asks for what is not given; elsewhere it takes an example.',
    )
    .argument('[name]', 'of the experiment: small letters, digits and dashes')
    .argument('[command...]', 'behind --: the program under test and its arguments')
    .option('--fault <sentence>', 'what goes wrong, as disk latency 200ms on fsync')
    .option('--probe <url|host:port>', 'what must go on to answer, as http://127.0.0.1:8080/')
    .option('--workload <kind/name>', 'in a cluster: whose pods it is about, as StatefulSet/postgres')
    .option('--to <file>', 'where it is written; - for standard output (default: NAME.yaml)')
    .addHelpText('after', examples)
    .action(async (name: string | undefined, command: readonly string[], flags: NewFlags, self: Command) => {
      process.exitCode = await writeNew({ name, command, ...flags }, consoleOf(self));
    });
}

interface Given extends NewFlags {
  readonly name: string | undefined;
  readonly command: readonly string[];
}

const example: Readonly<Record<'name' | 'fault' | 'probe', string>> = {
  name: 'slow-fsync',
  fault: 'disk latency 200ms on fsync',
  probe: '127.0.0.1:5432',
};

async function writeNew(given: Given, console: Console): Promise<number> {
  const draft = await drafted(given, console);
  if (draft === 'left') {
    console.err.line('\nnothing is written');
    return exitCode.signalled + constants.signals.SIGINT;
  }
  const problems = await problemsOf(draft);
  if (problems.length > 0)
    throw new BadInput(problems.map((message) => ({ subject: 'the experiment', message })));
  const { draftText } = await import('../../experiment/file/draft.js');
  const text = draftText(draft);
  const to = given.to ?? `${draft.name}.yaml`;
  if (to === '-') {
    console.out.write(text);
    return exitCode.done;
  }
  try {
    writeFileSync(to, text, { flag: 'wx' });
  } catch (error) {
    throw new BadInput([{ subject: `--to ${to}`, message: newFileProblem(error) }]);
  }
  if (console.json) printJson(console.out, { file: to, experiment: draft.name });
  else console.out.line(`${to} is written; next: havock8s explain -f ${to}`);
  return exitCode.done;
}

async function problemsOf(draft: Draft): Promise<readonly string[]> {
  const [{ draftText }, { readExperiment }] = await Promise.all([
    import('../../experiment/file/draft.js'),
    import('../../experiment/file/read-experiment.js'),
  ]);
  const reading = readExperiment(draftText(draft));
  return reading.kind === 'problems' ? reading.problems.map(({ message }) => message) : [];
}

/** Throws `BadInput`. */
function workloadOf({ workload, command }: Given): Draft['workload'] {
  if (workload === undefined) return null;
  const [kind = '', name = '', ...more] = workload.split('/');
  const problems = [
    ...(kind === '' || name === '' || more.length > 0
      ? [{ subject: `--workload ${workload}`, message: 'expected KIND/NAME, as StatefulSet/postgres' }]
      : []),
    ...(command.length === 0 ? [] : [{ subject: 'COMMAND', message: 'it does not go with --workload' }]),
  ];
  if (problems.length > 0) throw new BadInput(problems);
  return { kind, name };
}

type Asked = keyof typeof example;

const questions: Readonly<Record<Asked, string>> = {
  name: 'What is it called?',
  fault: 'What goes wrong?',
  probe: 'What must go on to answer (a URL, or HOST:PORT)?',
};

/** Asked for on a terminal alone: a script gets what it did not say from the example. */
async function drafted(given: Given, { err }: Console): Promise<Draft | 'left'> {
  const draft = { ...example, command: given.command, workload: workloadOf(given) };
  const missing: Asked[] = [];
  for (const field of ['name', 'fault', 'probe'] as const) {
    if (given[field] === undefined) missing.push(field);
    draft[field] = given[field] ?? example[field];
  }
  if (process.stdin.isTTY !== true || missing.length === 0) return draft;
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  /** Until it is right: each answer is held against an example that is right otherwise. */
  const answered = async (field: Asked): Promise<string> => {
    for (;;) {
      const question = `${err.ink.bold(questions[field])} [${example[field]}] `;
      const answer = (await terminal.question(question)).trim() || example[field];
      const problems = await problemsOf({ ...example, command: [], workload: null, [field]: answer });
      if (problems.length === 0) return answer;
      for (const problem of problems) err.line(problem);
    }
  };
  try {
    for (const field of missing) draft[field] = await answered(field);
    return draft;
  } catch (error) {
    // Ctrl-C or Ctrl-D.
    if (error instanceof Error && error.name === 'AbortError') return 'left';
    throw error;
  } finally {
    terminal.close();
  }
}

const examples = `
Examples:
  havock8s new
  havock8s new slow-fsync --fault 'disk latency 200ms on fsync' --probe 127.0.0.1:5432
  havock8s new cut-off --fault 'tcp partition for 20s' --probe http://127.0.0.1:8080/ -- ./server --port 8080
  havock8s new slow-wal --workload StatefulSet/postgres --probe postgres.shop.svc:5432
  havock8s effects      what can go wrong

It never writes over a file that is there.`;
