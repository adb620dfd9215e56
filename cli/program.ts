/** The tree of commands, and what all of them have in common. */
import { Command, Help, type Option } from 'commander';
import { programVersion } from '../core/program-version.js';
import { checkFormat, outputOption } from './command-options.js';
import { armCommand } from './commands/arm.js';
import { controllerCommand } from './commands/controller.js';
import { disarmCommand } from './commands/disarm.js';
import { doctorCommand } from './commands/doctor.js';
import { effectsCommand } from './commands/effects.js';
import { explainCommand } from './commands/explain.js';
import { faultsCommand } from './commands/faults.js';
import { injectCommand } from './commands/inject.js';
import { ledgerCommand } from './commands/ledger.js';
import { localCommand } from './commands/local.js';
import { lsCommand } from './commands/ls.js';
import { mountCommand } from './commands/mount.js';
import { newCommand } from './commands/new.js';
import { planCommand } from './commands/plan.js';
import { releaseCommand } from './commands/release.js';
import { reportCommand } from './commands/report.js';
import { runCommand } from './commands/run.js';
import { statusCommand } from './commands/status.js';
import { stopCommand } from './commands/stop.js';
import { uninjectCommand } from './commands/uninject.js';
import { validateCommand } from './commands/validate.js';
import { versionCommand } from './commands/version.js';
import { watchCommand } from './commands/watch.js';
import { webhookCommand } from './commands/webhook.js';
import { exitCodeHelp } from './exit-code.js';
import { inkFor } from './terminal/ink.js';

/** `name`: as it was called, which may decide what a command is about. */
export function createProgram(name = 'havock8s'): Command {
  const program = new Command(name)
    .description(
      'Chaos engineering for stateful workloads: faults on a disk and a network, each one sentence, each ending by itself.',
    )
    .version(programVersion(), '-V, --version', 'show the version')
    .addOption(outputOption())
    .hook('preAction', (_program, command) => checkFormat(command))
    .exitOverride()
    // `reportFailure` has the last word, in the format that was asked for.
    .configureOutput({ outputError: () => {} })
    .configureHelp({
      showGlobalOptions: true,
      visibleGlobalOptions: optionsOfParents,
      styleTitle: (title) => inkFor(process.stdout, process.env).bold(title),
    })
    .addHelpText('after', overview);
  for (const [group, creators] of Object.entries(commands)) {
    for (const create of creators) {
      const command = create().copyInheritedSettings(program);
      program.addCommand(command.helpGroup(`${group}:`));
    }
  }
  return program;
}

/** But for those that a command has of its own. */
function optionsOfParents(this: Help, command: Command): Option[] {
  const own = new Set(command.options.map(({ long }) => long));
  return Help.prototype.visibleGlobalOptions.call(this, command).filter(({ long }) => !own.has(long));
}

/** Under the headings of the help. */
const commands = {
  Faults: [
    localCommand,
    explainCommand,
    armCommand,
    disarmCommand,
    lsCommand,
    watchCommand,
    statusCommand,
    effectsCommand,
  ],
  Experiments: [newCommand, validateCommand, planCommand, runCommand, reportCommand, ledgerCommand],
  Kubernetes: [
    injectCommand,
    uninjectCommand,
    webhookCommand,
    controllerCommand,
    stopCommand,
    releaseCommand,
  ],
  'In an injected pod': [mountCommand, faultsCommand],
  'When something sticks': [doctorCommand],
  'About itself': [versionCommand],
} as const;

const overview = `
The first fault in a minute:
  mkdir -p /tmp/real /tmp/disk
  havock8s local --disk /tmp/real=/tmp/disk -- bash
  havock8s arm slow-sync disk latency 2s on fsync for 1m
  time dd if=/dev/zero of=/tmp/disk/file bs=4k count=1 conv=fsync
  havock8s ls

What the webhook would do to a manifest, and why:
  havock8s explain -f statefulset.yaml
${exitCodeHelp}
  havock8s local -- COMMAND ends with the exit code of COMMAND.`;
