/** `havock8s stop`: the emergency stop of a cluster, or of one experiment. */
import { Command } from 'commander';
import { BadInput, type InputProblem } from '../bad-input.js';
import {
  addOptions,
  connectOptions,
  type NamespaceFlags,
  namespaceOption,
} from '../cluster/cluster-flags.js';
import { stopLimits } from '../cluster/stop/stop-limits.js';
import { consoleOf } from '../command-options.js';

interface StopFlags extends NamespaceFlags {
  readonly all?: boolean;
  readonly reason?: string;
}

export function stopCommand(): Command {
  const command = new Command('stop')
    .summary('stop everything in a cluster, or one experiment')
    .description(
      'With --all: switches off every fault of every pod of the cluster, whoever armed it, tells every experiment to stop, gives nodes back, and keeps new ones out until `havock8s release`. It needs the API server alone. Then it asks each sidecar whether nothing is armed. With a NAME it stops that experiment.',
    )
    .usage('--all --reason TEXT\n       havock8s stop NAME --reason TEXT [-n NAMESPACE]')
    .argument('[name]', 'the experiment to stop')
    .option('--all', 'stop everything in the cluster')
    .option('--reason <text>', 'why: shown to whoever is refused meanwhile, and in reports');
  return addOptions(command, [namespaceOption(), ...connectOptions()])
    .addHelpText('after', examples)
    .action(async (name: string | undefined, flags: StopFlags, command: Command) => {
      const reason = checked(name, flags);
      const console = consoleOf(command);
      const { runStopAll, runStopOne } = await import('../cluster/stop/run-stop.js');
      if (name !== undefined) await runStopOne(name, reason, flags, console);
      else process.exitCode = await runStopAll(reason, flags, console);
    });
}

/** The reason. Throws `BadInput`. */
function checked(name: string | undefined, { all, reason = '', namespace }: StopFlags): string {
  const problems: InputProblem[] = [];
  if ((name === undefined) === (all !== true))
    problems.push({ subject: 'NAME', message: 'expected either the name of an experiment, or --all' });
  if (all === true && namespace !== undefined)
    problems.push({
      subject: '--namespace',
      message: 'it does not go with --all, which is about the whole cluster',
    });
  const { reasonCharacters } = stopLimits;
  if (reason.trim() === '')
    problems.push({ subject: '--reason', message: 'expected why, for whoever is refused meanwhile' });
  else if (reason.length > reasonCharacters)
    problems.push({
      subject: '--reason',
      message: `${reason.length} characters; expected at most ${reasonCharacters}`,
    });
  if (problems.length > 0) throw new BadInput(problems);
  return reason.trim();
}

const examples = `
Examples:
  kubectl havock8s stop --all --reason 'checkout is down, not by us'
  havock8s stop --all --reason 'pager' -o json | jq '.pods[] | select(.state != "off")'
  havock8s stop nightly-7 --reason 'not today' -n shop

It says how long it took, and what is left. A fault that is left ends by itself, at the time that its line names.
To let faults and experiments in again: havock8s release. Nothing resumes by itself.

Exit codes:
  0  everything is off, and each sidecar said so
  1  something is left, or could not be asked; the rest is off
  2  bad usage; nothing was changed`;
