/** `havock8s doctor`: what sticks, and what to do about it. */
import { Command } from 'commander';
import { sidecar } from '../../core/pod-layout.js';
import { BadInput } from '../bad-input.js';
import { consoleOf, controlOption } from '../command-options.js';
import type { DoctorFlags } from '../doctor/run-doctor.js';
import { rootOption } from './pod/root-option.js';

export function doctorCommand(): Command {
  return new Command('doctor')
    .summary('find what sticks, and say what mends it')
    .description(
      'Looks for what can stick: dead mounts, rules and directories that were left, clocks that differ, propagation that is missing, an old kernel, pods that stay. On a machine or node, in a container of an injected pod (it finds out where it is), or, with --cluster, through kubectl. It changes nothing: it prints the commands that would.',
    )
    .option('--cluster', 'look at a cluster, through the kubectl of this machine')
    .option('-n, --namespace <name>', 'with --cluster: pods of this namespace')
    .option('-A, --all-namespaces', 'with --cluster: pods of all namespaces, not of those opted in alone')
    .option('--kubeconfig <file>', "with --cluster: as kubectl's")
    .option('--context <name>', "with --cluster: as kubectl's")
    .addOption(controlOption())
    .addOption(rootOption())
    .addHelpText('after', explanation)
    .action(async (flags: DoctorFlags, command: Command) => {
      checkFlags(flags);
      const { runDoctor } = await import('../doctor/run-doctor.js');
      process.exitCode = await runDoctor(flags, consoleOf(command));
    });
}

/** Throws `BadInput`. */
function checkFlags({ cluster, namespace, allNamespaces, kubeconfig, context }: DoctorFlags): void {
  const ofCluster = {
    '--namespace': namespace,
    '--all-namespaces': allNamespaces,
    '--kubeconfig': kubeconfig,
    '--context': context,
  };
  const stray = Object.entries(ofCluster).filter(([, value]) => value !== undefined);
  if (cluster !== true && stray.length > 0)
    throw new BadInput(stray.map(([subject]) => ({ subject, message: 'it goes with --cluster alone' })));
  if (namespace !== undefined && allNamespaces === true)
    throw new BadInput([{ subject: '--namespace', message: 'it does not go with --all-namespaces' }]);
}

const explanation = `
Examples:
  havock8s doctor
  kubectl exec POD -c ${sidecar.faults} -- havock8s doctor
  kubectl exec POD -c ${sidecar.mount} -- havock8s doctor
  havock8s doctor --cluster
  havock8s doctor --cluster -n shop
  havock8s doctor -o json | jq '.findings[] | select(.verdict == "broken").do[]'

Each finding is ok, warning, broken, or unknown: why it could not be looked at. What was found, what follows ("so:")
and what to do ("do:") stand beside it, the worst first. A mount that may hang is asked by another process, and every
question has a bound: all of it takes at most 15 seconds. Without root it says what it could not see.
What can stick, and how it shows: docs/operate/troubleshooting.md.

Exit codes:
  0  nothing is broken; warnings and what is unknown are no failure
  1  something is broken, or the API server does not answer
  2  bad usage`;
