/** `havock8s arm`: switches a fault on. */
import { Command } from 'commander';
import { faultNameRule, isFaultName } from '../../faults/fault-name.js';
import { BadInput, badSentence } from '../bad-input.js';
import type { ShownFault } from '../client/answers.js';
import type { ArmInPodFlags } from '../cluster/arm-in-pod.js';
import {
  addOptions,
  connectOptions,
  isOfCluster,
  namespaceOption,
  placesHelp,
} from '../cluster/cluster-flags.js';
import { type ControlFlags, clientOf, consoleOf, controlOption } from '../command-options.js';
import { readSentence, sentenceHelp } from '../sentence-argument.js';
import { type Console, printJson } from '../terminal/console.js';
import { timeLeft } from '../terminal/time-left.js';
import { wrap } from '../terminal/wrap.js';

interface ArmFlags extends ControlFlags, ArmInPodFlags {}

export function armCommand(): Command {
  const command = new Command('arm')
    .summary('switch a fault on, or replace it')
    .description(
      'Switches a fault on, or replaces the one of this name. It ends by itself: for D, until TIME, or after 10m. In a cluster it is an annotation of the pod.',
    )
    .usage('NAME SENTENCE...\n       havock8s arm POD SENTENCE... --name NAME [-n NAMESPACE]')
    .argument('<name>', 'what it is called from now on; in a cluster the POD')
    .argument('<sentence...>', sentenceHelp)
    .addOption(controlOption())
    .option('--name <name>', 'in a cluster: what it is called from now on');
  return addOptions(command, [namespaceOption(), ...connectOptions()])
    .addHelpText('after', examples)
    .action(async (name: string, words: readonly string[], flags: ArmFlags, command: Command) => {
      const console = consoleOf(command);
      if (!isOfCluster(flags, command, { '--name': flags.name !== undefined }))
        return await arm(name, words, flags, console);
      const { armInPod } = await import('../cluster/arm-in-pod.js');
      process.exitCode = await armInPod(name, words, flags, console);
    });
}

async function arm(
  name: string,
  words: readonly string[],
  options: ControlFlags,
  console: Console,
): Promise<void> {
  if (!isFaultName(name))
    throw new BadInput([{ subject: 'NAME', message: `"${name}" cannot be one: ${faultNameRule}` }]);
  const { text } = readSentence(words);
  const arming = await clientOf(options, console).arm(name, text);
  if (arming.kind === 'refused') throw new BadInput([badSentence('SENTENCE', text, arming.problems)]);
  if (console.json) return printJson(console.out, arming.fault);
  describe(arming.fault, console);
}

function describe(
  { name, sentence, state, remainingMs, explanation }: ShownFault,
  { out, err }: Console,
): void {
  out.line(`${out.ink.bold(name)} ${state}: ${sentence}`);
  if (explanation !== null) out.line(wrap(explanation, Math.min(out.columns, 100), '  '));
  if (state === 'armed') out.line(`  ${timeLeft(remainingMs)} left; sooner with: havock8s disarm ${name}`);
  if (state === 'shadowed')
    err.line(`${err.ink.yellow('note:')} an annotation has this name, and goes before; this waits`);
  if (state === 'expired')
    err.line(`${err.ink.yellow('note:')} its time has passed already, so it does nothing`);
}

const examples = `
Examples:
  havock8s arm slow-wal 'disk latency 200ms jitter 50ms on fsync in pg_wal/** for 5m'
  havock8s arm full disk full after 64Mi
  havock8s arm eio disk error EIO on read chance 1%
  kubectl havock8s arm postgres-0 'disk latency 200ms on fsync for 5m' --name slow-wal
  havock8s arm postgres-0 'disk latency 200ms on fsync for 5m' --name slow-wal -n shop
${placesHelp}

To see what it does:       havock8s watch
To switch it off again:    havock8s disarm slow-wal
The language of faults:    havock8s effects`;
