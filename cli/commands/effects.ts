/** `havock8s effects`: the reference of the language of faults, made from the grammar that reads it. */
import { Command } from 'commander';
import { nearest } from '../../core/nearest.js';
import { reference } from '../../faults/reference.js';
import { BadInput } from '../bad-input.js';
import { consoleOf } from '../command-options.js';
import { type Console, printJson } from '../terminal/console.js';
import { findEntries, referenceNames } from './effects/find-entries.js';
import { entryLines, overviewLines } from './effects/reference-lines.js';

export function effectsCommand(): Command {
  return new Command('effects')
    .alias('effect')
    .summary('the language of faults: effects, clauses, operations')
    .description(
      'Shows the language of faults, or one word of it: an effect, a clause, a group of operations, an error.',
    )
    .argument('[name]', 'the word to look up')
    .addHelpText('after', examples)
    .action((name: string | undefined, _options: unknown, command: Command) => {
      const console = consoleOf(command);
      if (name === undefined) showAll(console);
      else showOne(name, console);
    });
}

function showAll({ json, out }: Console): void {
  if (json) printJson(out, reference);
  else for (const line of overviewLines(reference, out)) out.line(line);
}

function showOne(name: string, { json, out }: Console): void {
  const entries = findEntries(reference, name);
  if (entries.length === 0) throw new BadInput([{ subject: 'NAME', message: unknown(name) }]);
  if (json) printJson(out, { entries });
  else out.line(entries.map((entry) => entryLines(entry, out).join('\n')).join('\n\n'));
}

function unknown(name: string): string {
  const likely = nearest(name.slice(0, 63), referenceNames(reference));
  const wayOut = likely === undefined ? 'to see all: havock8s effects' : `did you mean "${likely}"?`;
  return `"${name}" is not a word of the language; ${wayOut}`;
}

const examples = `
Examples:
  havock8s effects
  havock8s effects latency
  havock8s effects chance
  havock8s effects EIO
  havock8s effects -o json | jq -r '.effects[].example'`;
