/** `havock8s plan`: what an experiment would do in a cluster, and what safety says of it. */
import { Command } from 'commander';
import {
  addOptions,
  connectOptions,
  type NamespaceFlags,
  namespaceOption,
} from '../cluster/cluster-flags.js';
import { consoleOf } from '../command-options.js';

interface PlanFlags extends NamespaceFlags {
  readonly filename: string;
}

export function planCommand(): Command {
  const command = new Command('plan')
    .summary('say what an experiment would do in a cluster, and do nothing')
    .description(
      'Says which pods the targets of an experiment are now, with their containers, nodes and roles, what each step would do to which of them, and what safety has against it. The controller is asked by a dry run, which touches nothing and is deleted again.',
    )
    .requiredOption('-f, --filename <file>', 'the experiment: YAML or JSON, - for standard input');
  return addOptions(command, [namespaceOption(), ...connectOptions()])
    .addHelpText('after', examples)
    .action(async (flags: PlanFlags, self: Command) => {
      const console = consoleOf(self);
      // Loaded here: no other command pays for it.
      const [{ experimentFile }, { planInCluster }] = await Promise.all([
        import('./run/experiment-files.js'),
        import('./plan/plan-in-cluster.js'),
      ]);
      process.exitCode = await planInCluster(await experimentFile(flags.filename), flags, console);
    });
}

const examples = `
Examples:
  havock8s plan -f slow-wal.yaml -n shop
  havock8s plan -f slow-wal.yaml -n shop -o json | jq -r '.refusals[]'

It is what is so now: pods, roles and budgets may be others when the experiment is run.

Exit codes:
  0  it could start
  1  it would be refused, or a target has no pods; why is said
  2  the file or the command line is wrong
  3  nobody could say: no controller, or a right is missing`;
