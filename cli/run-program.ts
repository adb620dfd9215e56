/** Runs the command that the command line asks for, to its end; the exit code is left in `process.exitCode`. */
import { calledAs } from './cluster/cluster-flags.js';
import { consoleOf } from './command-options.js';
import { createProgram } from './program.js';
import { reportFailure } from './report-failure.js';

export async function runProgram(commandLine: readonly string[]): Promise<void> {
  const program = createProgram(calledAs(commandLine[1] ?? ''));
  try {
    await program.parseAsync(commandLine);
  } catch (error) {
    process.exitCode = reportFailure(error, consoleOf(program));
  }
}
