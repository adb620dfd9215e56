/** `havock8s disarm`: switches faults off. */
import { Command } from 'commander';
import { HavocError } from '../../core/havoc-error.js';
import { nearest } from '../../core/nearest.js';
import { printable } from '../../core/printable.js';
import { BadInput } from '../bad-input.js';
import type { ControlClient } from '../client/control-client.js';
import { type ControlFlags, clientOf, consoleOf, controlOption } from '../command-options.js';
import { type Console, printJson } from '../terminal/console.js';

interface DisarmFlags extends ControlFlags {
  readonly all?: boolean;
}

export function disarmCommand(): Command {
  return new Command('disarm')
    .summary('switch a fault off, or all of them')
    .description('Switches a fault off, or all of them, whoever armed them.')
    .argument('[name]', 'the fault to switch off')
    .option('--all', 'switch every fault off')
    .addOption(controlOption())
    .addHelpText('after', examples)
    .action(async (name: string | undefined, flags: DisarmFlags, command: Command) => {
      const console = consoleOf(command);
      if ((name === undefined) === (flags.all !== true)) {
        throw new BadInput([{ subject: 'NAME', message: 'expected either the name of a fault, or --all' }]);
      }
      const client = clientOf(flags, console);
      if (name === undefined) await disarmAll(client, console);
      else await disarmOne(name, client, console);
    });
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

A fault of an annotation stays off until its annotation changes.`;
