/** `npm run demo`: under two minutes, one picture, and an exit code that says whether acknowledged data is gone. */

import { mayMount } from '../../cli/commands/local/capabilities.js';
import { checkFuse } from '../../cli/commands/local/check-fuse.js';
import { checkNamespace, isInNamespace, runInNamespace } from '../../cli/commands/local/namespace.js';
import { exitCode } from '../../cli/exit-code.js';
import { HavocError } from '../../core/havoc-error.js';
import { openLocalEnvironment } from './local/environment.js';
import { runDemo } from './run-demo.js';

/** Without root, in a namespace in which this user may mount. */
async function main(): Promise<number> {
  checkFuse();
  if (mayMount() || isInNamespace(process.env)) {
    return runDemo({
      heading: 'havock8s: a real PostgreSQL and its replica, on a disk and a network that misbehave',
      preparing: 'mounting, initdb, filling a table larger than shared_buffers, making a replica',
      open: openLocalEnvironment,
      svgFile: 'havock8s-demo.svg',
    });
  }
  checkNamespace();
  return runInNamespace(process.argv.slice(1), process.env);
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof HavocError)) throw error;
  process.stderr.write(`${error.code}: ${error.message}\n`);
  process.exitCode = exitCode.failed;
}
