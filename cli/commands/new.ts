/** `havock8s new`: writes the file of a first experiment, asking for what was not given. */
import { writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import { Command } from 'commander';
import { messageOf } from '../../core/havoc-error.js';
import type { Draft } from '../../experiment/file/draft.js';
import { BadInput } from '../bad-input.js';
import { consoleOf } from '../command-options.js';
import { type Console, printJson } from '../terminal/console.js';

interface NewFlags {
  readonly fault?: string;
  readonly probe?: string;
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
    .option('--to <file>', 'where it is written; - for standard output (default: NAME.yaml)')
    .addHelpText('after', examples)
    .action(async (name: string | undefined, command: readonly string[], flags: NewFlags, self: Command) => {
      await writeNew({ name, command, ...flags }, consoleOf(self));
    });
}

interface Given extends NewFlags {
  readonly name: string | undefined;
  readonly command: readonly string[];
}

const example = {
  name: 'slow-fsync',
  fault: 'disk latency 200ms on fsync',
  probe: '127.0.0.1:5432',
} as const;

async function writeNew(given: Given, console: Console): Promise<void> {
  const [{ draftText }, { readExperiment }] = await Promise.all([
    import('../../experiment/file/draft.js'),
    import('../../experiment/file/read-experiment.js'),
  ]);
  const draft = await drafted(given, console);
  const text = draftText(draft);
  const reading = readExperiment(text);
  if (reading.kind === 'problems')
    throw new BadInput(reading.problems.map(({ message }) => ({ subject: 'the experiment', message })));
  const to = given.to ?? `${draft.name}.yaml`;
  if (to === '-') {
    console.out.write(text);
    return;
  }
  try {
    writeFileSync(to, text, { flag: 'wx' });
  } catch (error) {
    throw new BadInput([{ subject: `--to ${to}`, message: messageOf(error) }]);
  }
  if (console.json) printJson(console.out, { file: to, experiment: draft.name });
  else console.out.line(`${to} is written; next: havock8s explain -f ${to}`);
}

/** Asked for on a terminal alone: a script gets what it did not say from the example. */
async function drafted({ name, command, fault, probe }: Given, { err }: Console): Promise<Draft> {
  if (process.stdin.isTTY !== true || (name !== undefined && fault !== undefined && probe !== undefined))
    return {
      name: name ?? example.name,
      fault: fault ?? example.fault,
      probe: probe ?? example.probe,
      command,
    };
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const ask = async (what: string, usual: string, given: string | undefined): Promise<string> =>
    given ?? ((await terminal.question(`${err.ink.bold(what)} [${usual}] `)).trim() || usual);
  try {
    return {
      name: await ask('What is it called?', example.name, name),
      fault: await ask('What goes wrong?', example.fault, fault),
      probe: await ask('What must go on to answer (a URL, or HOST:PORT)?', example.probe, probe),
      command,
    };
  } finally {
    terminal.close();
  }
}

const examples = `
Examples:
  havock8s new
  havock8s new slow-fsync --fault 'disk latency 200ms on fsync' --probe 127.0.0.1:5432
  havock8s new cut-off --fault 'tcp partition for 20s' --probe http://127.0.0.1:8080/ -- ./server --port 8080
  havock8s effects      what can go wrong

It never writes over a file that is there.`;
