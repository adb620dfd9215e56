/**
 * Which place a command means: the pods of a cluster, or one sidecar that is reached by its control endpoint. The command
 * line alone decides, never what happens to answer:
 *
 *     kubectl havock8s …                                        the cluster
 *     havock8s …  with -n, -A, -l, --context or --kubeconfig    the cluster
 *     havock8s …                                                the sidecar here
 *     --control HOST:PORT                                       that sidecar
 */
import { basename } from 'node:path';
import { type Command, Option } from 'commander';
import { BadInput } from '../bad-input.js';
import type { ControlFlags } from '../command-options.js';

export interface ConnectFlags {
  readonly kubeconfig?: string;
  readonly context?: string;
}

export interface NamespaceFlags extends ConnectFlags {
  readonly namespace?: string;
}

export interface PodsFlags extends NamespaceFlags {
  readonly allNamespaces?: boolean;
  readonly selector?: string;
}

export const pluginName = 'kubectl havock8s';

/** What the program is called: by kubectl, as its plugin, it is asked about the cluster. */
export function calledAs(path: string): string {
  return /^kubectl-havock8s(\.\w+)?$/.test(basename(path)) ? pluginName : 'havock8s';
}

export const connectOptions = (): readonly Option[] => [
  new Option('--kubeconfig <file>', "of the cluster, as kubectl's"),
  new Option('--context <name>', "of the kubeconfig, as kubectl's"),
];

export const namespaceOption = (): Option =>
  new Option('-n, --namespace <name>', 'in the cluster: the namespace (default: that of the context)');

export const podsOptions = (): readonly Option[] => [
  namespaceOption(),
  new Option('-A, --all-namespaces', 'in the cluster: pods of all namespaces'),
  new Option('-l, --selector <labels>', "in the cluster: only pods with these labels, as kubectl's"),
  ...connectOptions(),
];

export function addOptions(command: Command, options: readonly Option[]): Command {
  for (const option of options) command.addOption(option);
  return command;
}

/** `more`: what else of the command line says that a cluster is meant, by its name. Throws `BadInput` for both places at once. */
export function isOfCluster(
  flags: PodsFlags & ControlFlags,
  command: Command,
  more: Readonly<Record<string, boolean>> = {},
): boolean {
  const { namespace, allNamespaces, selector, kubeconfig, context, control } = flags;
  const given = Object.entries({
    '--namespace': namespace !== undefined,
    '--all-namespaces': allNamespaces !== undefined,
    '--selector': selector !== undefined,
    '--kubeconfig': kubeconfig !== undefined,
    '--context': context !== undefined,
    ...more,
  }).flatMap(([name, is]) => (is ? [name] : []));
  if (control !== undefined && given.length > 0) {
    const message =
      'it is about a sidecar that --control reaches, or about the pods of a cluster; expected one of the two';
    throw new BadInput(given.map((subject) => ({ subject, message })));
  }
  if (namespace !== undefined && allNamespaces === true)
    throw new BadInput([{ subject: '--namespace', message: 'it does not go with --all-namespaces' }]);
  return given.length > 0 || (control === undefined && programNameOf(command) === pluginName);
}

/** As the person called it. */
export function programNameOf(command: Command): string {
  return command.parent === null ? command.name() : programNameOf(command.parent);
}

/** For the help of commands that know both places. */
export const placesHelp = `
Which place is meant: with -n, -A, -l, --context or --kubeconfig the pods of a cluster, and so always as
\`kubectl havock8s\`; else the sidecar of --control, HAVOCK8S_CONTROL or this machine.`;
