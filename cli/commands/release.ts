/** `havock8s release`: lets faults and experiments in again after an emergency stop. */
import { Command } from 'commander';
import { addOptions, type ConnectFlags, connectOptions } from '../cluster/cluster-flags.js';
import { consoleOf } from '../command-options.js';

interface ReleaseFlags extends ConnectFlags {
  readonly reason?: string;
}

export function releaseCommand(): Command {
  const command = new Command('release')
    .summary('let faults and experiments in again after stop --all')
    .description(
      'Deletes the EmergencyStop of the cluster: faults may be set and experiments begin again. Nothing resumes by itself.',
    )
    .option('--reason <text>', "why, for the API server's audit log");
  return addOptions(command, connectOptions())
    .addHelpText('after', examples)
    .action(async (flags: ReleaseFlags, command: Command) => {
      const { runRelease } = await import('../cluster/stop/run-stop.js');
      await runRelease(flags.reason, flags, consoleOf(command));
    });
}

const examples = `
Examples:
  kubectl havock8s release
  havock8s release --reason 'it was the load balancer'

It is no error where nothing was stopped.`;
