#!/usr/bin/env node
/** The `havock8s` command. */
import '../core/first-process.js';
import { consoleOf } from './command-options.js';
import { createProgram } from './program.js';
import { reportFailure } from './report-failure.js';

// `havock8s effects | head` has read enough.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error;
  process.exit();
});

// A terminal that hung up, a pipe that nobody reads: there is nobody left to tell, and what runs must still end well.
process.stderr.on('error', () => {});

const program = createProgram();
try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = reportFailure(error, consoleOf(program));
}
