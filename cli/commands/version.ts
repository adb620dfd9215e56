/** `havock8s version`. */
import { Command } from 'commander';
import { programVersion } from '../../core/program-version.js';
import { consoleOf } from '../command-options.js';
import { printJson } from '../terminal/console.js';

export function versionCommand(): Command {
  return new Command('version')
    .summary('show the version')
    .description('Shows the version of havock8s and of the Node that runs it.')
    .addHelpText('after', '\nExamples:\n  havock8s version\n  havock8s version -o json')
    .action((_options: unknown, command: Command) => {
      const { json, out } = consoleOf(command);
      const [version, node] = [programVersion(), process.version];
      if (json) return printJson(out, { version, node });
      out.line(`havock8s ${version} (Node ${node})`);
    });
}
