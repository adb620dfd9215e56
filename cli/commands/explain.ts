/** `havock8s explain`: what a sentence means, or what would become of the pods of manifests, without doing it. */
import { Command } from 'commander';
import { injectionEnabled, injectionLabel } from '../../core/keys.js';
import { explain } from '../../faults/explain.js';
import { format } from '../../faults/format.js';
import { BadInput } from '../bad-input.js';
import { consoleOf } from '../command-options.js';
import { readSentence, sentenceHelp } from '../sentence-argument.js';
import { type Console, printJson } from '../terminal/console.js';
import { wrap } from '../terminal/wrap.js';
import { configOption, filenameOption, namespaceOption } from './inject/manifest-options.js';

interface ExplainFlags {
  readonly filename?: readonly string[];
  readonly config?: string;
  readonly namespace: string;
}

export function explainCommand(): Command {
  return new Command('explain')
    .summary('say in plain English what a sentence would do, or the webhook to manifests')
    .description(
      'Says in plain English what a sentence would do, to what, and until when; or, with -f, what the webhook would do to the pods of manifests, and why. Nothing is armed or changed.',
    )
    .argument('[sentence...]', sentenceHelp)
    .addOption(filenameOption())
    .addOption(configOption())
    .addOption(namespaceOption())
    .addHelpText('after', examples)
    .action(async (words: readonly string[], flags: ExplainFlags, command: Command) => {
      const console = consoleOf(command);
      const { filename } = flags;
      if (filename === undefined && words.length === 0)
        command.error("error: missing required argument 'sentence', or -f FILE");
      if (filename !== undefined && words.length > 0)
        throw new BadInput([{ subject: 'SENTENCE', message: 'it does not go with -f FILE' }]);
      if (filename === undefined) explainSentence(words, console);
      else await explainManifests({ ...flags, filename }, console);
    });
}

function explainSentence(words: readonly string[], { json, out }: Console): void {
  const { fault } = readSentence(words);
  const [sentence, explanation] = [format(fault), explain(fault)];
  if (json) {
    printJson(out, { sentence, explanation, fault });
    return;
  }
  out.line(out.ink.bold(sentence));
  out.line(wrap(explanation, Math.min(out.columns, 100), '  '));
}

/** What reads manifests is loaded only for them: a sentence is explained at once. */
async function explainManifests(
  flags: ExplainFlags & { readonly filename: readonly string[] },
  { json, out, err }: Console,
): Promise<void> {
  const [{ explainFiles }, { explanationLines }, { readConfigFile, readManifests }] = await Promise.all([
    import('./explain/explain-files.js'),
    import('./explain/explanation-lines.js'),
    import('./inject/read-manifests.js'),
  ]);
  const config = await readConfigFile(flags.config);
  const { workloads, assumed } = explainFiles(await readManifests(flags, err), {
    config,
    namespace: flags.namespace,
  });
  if (json) {
    printJson(out, { workloads, assumedNamespaces: assumed });
    return;
  }
  for (const [index, workload] of workloads.entries())
    for (const line of [...(index > 0 ? [''] : []), ...explanationLines(workload, out)]) out.line(line);
  if (workloads.length === 0) err.line('no workloads: nothing here makes pods');
  if (assumed.length > 0)
    err.line(`assumed: namespace ${assumed.join(', ')} has the label ${injectionLabel}=${injectionEnabled}`);
}

const examples = `
Examples:
  havock8s explain disk latency 200ms jitter 50ms on fsync for 5m
  havock8s explain 'disk error EIO on read in base/** every 100th'
  havock8s explain disk full after 64Mi --output json
  havock8s explain -f statefulset.yaml

A sentence that is wrong is shown with a caret below each problem, and the exit code is 2:
  $ havock8s explain disk latensy 200ms
  error: SENTENCE: the sentence has a problem
    disk latensy 200ms
         ^^^^^^^ ... did you mean "latency"?`;
