/** `havock8s explain`: what a sentence means, without doing it. */
import { Command } from 'commander';
import { explain } from '../../faults/explain.js';
import { format } from '../../faults/format.js';
import { consoleOf } from '../command-options.js';
import { printJson } from '../console.js';
import { readSentence, sentenceHelp } from '../sentence-argument.js';
import { wrap } from '../terminal/wrap.js';

export function explainCommand(): Command {
  return new Command('explain')
    .summary('say in plain English what a sentence would do')
    .description('Says in plain English what a sentence would do, to what, and until when. Nothing is armed.')
    .argument('<sentence...>', sentenceHelp)
    .addHelpText('after', examples)
    .action((words: readonly string[], _options: unknown, command: Command) => {
      const console = consoleOf(command);
      const { fault } = readSentence(words);
      const [sentence, explanation] = [format(fault), explain(fault)];
      if (console.json) return printJson(console.out, { sentence, explanation, fault });
      console.out.line(console.out.ink.bold(sentence));
      console.out.line(wrap(explanation, Math.min(console.out.columns, 100), '  '));
    });
}

const examples = `
Examples:
  havock8s explain disk latency 200ms jitter 50ms on fsync for 5m
  havock8s explain 'disk error EIO on read in base/** every 100th'
  havock8s explain disk full after 64Mi --output json

A sentence that is wrong is shown with a caret below each problem, and the exit code is 2:
  $ havock8s explain disk latensy 200ms
  error: SENTENCE: the sentence has a problem
    disk latensy 200ms
         ^^^^^^^ ... did you mean "latency"?`;
