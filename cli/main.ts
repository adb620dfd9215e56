#!/usr/bin/env node
/** The `havock8s` command. */
import { consoleOf } from './command-options.js';
import { createProgram } from './program.js';
import { reportFailure } from './report-failure.js';

// `havock8s effects | head` has read enough.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

const program = createProgram();
try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = reportFailure(error, consoleOf(program));
}
