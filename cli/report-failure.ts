/** The last word of a command that did not do what it was asked: what is wrong on stderr, and the exit code. */
import { CommanderError } from 'commander';
import { HavocError } from '../core/havoc-error.js';
import { printable } from '../core/printable.js';
import { BadInput, type InputProblem } from './bad-input.js';
import { exitCode } from './exit-code.js';
import { caretLines } from './terminal/caret.js';
import { type Console, printJson, type Sheet } from './terminal/console.js';

/** Rethrows what nobody foresaw: that is our bug, and its stack is wanted. */
export function reportFailure(error: unknown, console: Console): number {
  if (error instanceof CommanderError) return reportUsage(error, console);
  if (error instanceof BadInput) return reportBadInput(error, console);
  if (error instanceof HavocError) return reportHavoc(error, console);
  throw error;
}

/** Help and version that were asked for are no failure, and have been shown. */
function reportUsage({ exitCode: status, code, message }: CommanderError, { json, err }: Console): number {
  if (status === 0) return exitCode.done;
  // No command at all: the help is the answer.
  if (code === 'commander.help') return exitCode.badInput;
  const said = message.replace(/^error: /, '');
  if (json) printJson(err, { error: { code: 'bad-usage', message: said } });
  else err.line(`${err.ink.red('error:')} ${said}\n(--help says more)`);
  return exitCode.badInput;
}

function reportBadInput({ problems }: BadInput, { json, err }: Console): number {
  if (json) printJson(err, { error: { code: 'bad-input', problems } });
  else for (const problem of problems) writeProblem(problem, err);
  return exitCode.badInput;
}

function writeProblem({ subject, message, sentence }: InputProblem, err: Sheet): void {
  err.line(`${err.ink.red('error:')} ${err.ink.bold(subject)}: ${printable(message)}`);
  if (sentence === undefined) return;
  for (const line of caretLines(sentence.text, sentence.problems, err)) err.line(line);
}

function reportHavoc({ code, message }: HavocError, { json, err }: Console): number {
  if (json) printJson(err, { error: { code, message } });
  else err.line(`${err.ink.red('error:')} ${message.split('\n').map(printable).join('\n')}`);
  return exitCode.failed;
}
