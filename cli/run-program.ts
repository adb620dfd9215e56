/** Runs the command that the command line asks for, to its end; the exit code is left in `process.exitCode`. */
import { consoleOf } from './command-options.js';
import { createProgram } from './program.js';
import { reportFailure } from './report-failure.js';

export async function runProgram(commandLine: readonly string[]): Promise<void> {
  const program = createProgram();
  try {
    await program.parseAsync(commandLine);
  } catch (error) {
    process.exitCode = reportFailure(error, consoleOf(program));
  }
}
