/** `havock8s ls`: which faults there are, and what they did so far. */
import { Command } from 'commander';
import {
  addOptions,
  isOfCluster,
  type PodsFlags,
  placesHelp,
  podsOptions,
} from '../cluster/cluster-flags.js';
import { type ControlFlags, clientOf, consoleOf, controlOption } from '../command-options.js';
import { type Console, printJson } from '../terminal/console.js';
import { faultTable, refusalLines, remarkLines } from '../terminal/fault-table.js';

export function lsCommand(): Command {
  const command = new Command('ls')
    .alias('list')
    .summary('list faults and what they did')
    .description(
      'Lists faults: armed, ended and refused ones, where each comes from, and how often it matched and hit. In a cluster: those of its pods.',
    )
    .addOption(controlOption());
  return addOptions(command, podsOptions())
    .addHelpText('after', examples)
    .action(async (flags: ControlFlags & PodsFlags, command: Command) => {
      const console = consoleOf(command);
      if (!isOfCluster(flags, command)) return await list(flags, console);
      const { lsPods } = await import('../cluster/ls-pods.js');
      await lsPods(flags, console);
    });
}

async function list(flags: ControlFlags, console: Console): Promise<void> {
  const { json, out, err } = console;
  const list = await clientOf(flags, console).faultList();
  if (json) return printJson(out, list);
  const { faults } = list;
  if (faults.length === 0)
    return err.line("no faults; to arm one: havock8s arm slow-sync 'disk latency 200ms on fsync'");
  for (const line of [...faultTable(faults, out), ...remarkLines(faults, out), ...refusalLines(faults, out)])
    out.line(line);
}

const examples = `
Examples:
  havock8s ls
  havock8s ls -o json | jq -r '.faults[] | select(.state == "armed").name'
  havock8s ls --control 127.0.0.1:7900
  kubectl havock8s ls
  havock8s ls -A -l app=postgres
${placesHelp}

SEED is what the dice of a fault follow from: seed N in its sentence rolls them again. - where nothing is rolled.

States: armed; expired (its time has passed); disarmed (until it is armed again, or its annotation changes);
shadowed (another source has the name and goes before); refused (the sentence is wrong). In a cluster also: pending
(annotated, and the sidecar has not taken it yet); unknown (the sidecar could not be asked: a note says why).`;
