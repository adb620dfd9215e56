#!/usr/bin/env node
/** The `havock8s` command: takes signals first, and only then loads what it runs. */
import '../core/first-process.js';

// `havock8s effects | head` has read enough.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error;
  process.exit();
});

// A terminal that hung up, a pipe that nobody reads: there is nobody left to tell, and what runs must still end well.
process.stderr.on('error', () => {});

const { runProgram } = await import('./run-program.js');
await runProgram(process.argv);
