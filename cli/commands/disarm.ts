/** `havock8s disarm`: switches faults off. */
import { Command } from 'commander';
import { HavocError } from '../../core/havoc-error.js';
import { nearest } from '../../core/nearest.js';
import { printable } from '../../core/printable.js';
import { BadInput } from '../bad-input.js';
import type { ControlClient } from '../client/control-client.js';
import {
  addOptions,
  connectOptions,
  isOfCluster,
  type NamespaceFlags,
  namespaceOption,
  placesHelp,
} from '../cluster/cluster-flags.js';
import { type ControlFlags, clientOf, consoleOf, controlOption } from '../command-options.js';
import { type Console, printJson } from '../terminal/console.js';

interface DisarmFlags extends ControlFlags, NamespaceFlags {
  readonly all?: boolean;
}

export function disarmCommand(): Command {
  const command = new Command('disarm')
    .summary('switch a fault off, or all of them')
    .description(
      'Switches a fault off, or all of them, whoever armed them. In a cluster: those that are annotated on a pod.',
    )
    .usage('NAME | --all\n       havock8s disarm POD NAME | POD --all [-n NAMESPACE]')
    .argument('[name]', 'the fault to switch off; in a cluster the POD')
    .argument('[fault]', 'in a cluster: the fault to switch off')
    .option('--all', 'switch every fault off')
    .addOption(controlOption());
  return addOptions(command, [namespaceOption(), ...connectOptions()])
    .addHelpText('after', examples)
    .action(async (...given: [string | undefined, string | undefined, DisarmFlags, Command]) => {
      const [name, fault, flags, command] = given;
      const console = consoleOf(command);
      if (isOfCluster(flags, command, { FAULT: fault !== undefined }))
        return await inCluster(name, fault, flags, console);
      if ((name === undefined) === (flags.all !== true)) {
        throw new BadInput([{ subject: 'NAME', message: 'expected either the name of a fault, or --all' }]);
      }
      const client = clientOf(flags, console);
      if (name === undefined) await disarmAll(client, console);
      else await disarmOne(name, client, console);
    });
}

async function inCluster(
  pod: string | undefined,
  fault: string | undefined,
  flags: DisarmFlags,
  console: Console,
): Promise<void> {
  if (pod === undefined || (fault === undefined) === (flags.all !== true)) {
    const message =
      'expected a pod, and either the name of a fault, or --all; of all pods at once: havock8s stop --all';
    throw new BadInput([{ subject: 'POD', message }]);
  }
  const { disarmInPod } = await import('../cluster/disarm-in-pod.js');
  await disarmInPod(pod, fault ?? null, flags, console);
}

async function disarmAll(client: ControlClient, { json, out }: Console): Promise<void> {
  const armed = (await client.faults()).filter(({ state }) => state === 'armed').map(({ name }) => name);
  await client.disarmAll();
  if (json) return printJson(out, { disarmed: armed });
  out.line(armed.length === 0 ? 'no fault was armed' : `disarmed ${armed.join(', ')}`);
}

async function disarmOne(name: string, client: ControlClient, { json, out }: Console): Promise<void> {
  if (!(await client.disarm(name))) throw await unknown(name, client);
  if (json) return printJson(out, { disarmed: [name] });
  out.line(`disarmed ${name}`);
}

async function unknown(name: string, client: ControlClient): Promise<HavocError> {
  const names = (await client.faults()).map((fault) => fault.name);
  const likely = nearest(name.slice(0, 63), names);
  const wayOut = likely === undefined ? 'to see them: havock8s ls' : `did you mean "${likely}"?`;
  return new HavocError('control.no-such-fault', `no fault is called "${printable(name)}"; ${wayOut}`);
}

const examples = `
Examples:
  havock8s disarm slow-wal
  havock8s disarm --all
  kubectl havock8s disarm postgres-0 slow-wal
  havock8s disarm postgres-0 --all -n shop
${placesHelp}

A fault of an annotation stays off until its annotation changes.`;
