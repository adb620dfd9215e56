/** `havock8s explain`: what a sentence means, or what would become of the pods of manifests, without doing it. */
import { Command } from 'commander';
import { valueAt } from '../../core/json.js';
import { injectionEnabled, injectionLabel } from '../../core/keys.js';
import { explain } from '../../faults/explain.js';
import { format } from '../../faults/format.js';
import { BadInput } from '../bad-input.js';
import { consoleOf } from '../command-options.js';
import type { ManifestFile } from '../manifests/parse-manifests.js';
import type { SourceFile } from '../manifests/read-files.js';
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
    .summary(
      'say in plain English what a sentence, an experiment or a schedule would do, or the webhook to manifests',
    )
    .description(
      'Says in plain English what a sentence would do, to what, and until when; or, with -f, what an experiment or the runs of a schedule would do, step by step, or the webhook to the pods of manifests, and why. Nothing is armed or changed.',
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
  const files = await readManifests(flags, err);
  const definitions = files.filter(isDefinition);
  if (definitions.length > 0) await explainDefinitions(definitions, { json, out });
  if (definitions.length === files.length) return;
  const { workloads, assumed } = explainFiles(
    files.filter((file) => !isDefinition(file)),
    {
      config,
      namespace: flags.namespace,
    },
  );
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

const definitionKinds: readonly unknown[] = ['Experiment', 'ExperimentSchedule'];

const isDefinition = ({ documents }: ManifestFile): boolean =>
  documents.some(({ value }) => definitionKinds.includes(valueAt(value, ['kind'])));

async function explainDefinitions(
  files: readonly SourceFile[],
  { json, out }: Pick<Console, 'json' | 'out'>,
): Promise<void> {
  const [{ definitionsOf }, { planOf }, { explainPlan }, { explainSchedule }] = await Promise.all([
    import('./run/definition-files.js'),
    import('../../experiment/engine/plan.js'),
    import('../../experiment/explain.js'),
    import('../../experiment/explain-schedule.js'),
  ]);
  const explained = definitionsOf(files).map((one) =>
    one.kind === 'experiment'
      ? {
          experiment: one.experiment.metadata.name,
          description: one.experiment.spec.description,
          paragraphs: explainPlan(planOf(one.experiment)),
        }
      : {
          experiment: one.schedule.metadata.name,
          description: one.schedule.spec.template.spec.description,
          paragraphs: explainSchedule(one.schedule, Date.now()),
        },
  );
  if (json) {
    printJson(out, { experiments: explained });
    return;
  }
  for (const { experiment, description, paragraphs } of explained) {
    out.line(out.ink.bold(experiment) + (description === '' ? '' : `: ${description.trim()}`));
    for (const { heading, lines } of paragraphs) {
      out.line(`\n${out.ink.bold(heading)}`);
      for (const line of lines) out.line(wrap(line, Math.min(out.columns, 100), '  '));
    }
  }
}

const examples = `
Examples:
  havock8s explain disk latency 200ms jitter 50ms on fsync for 5m
  havock8s explain 'disk error EIO on read in base/** every 100th'
  havock8s explain disk full after 64Mi --output json
  havock8s explain -f statefulset.yaml
  havock8s explain -f experiment.yaml

A sentence that is wrong is shown with a caret below each problem, and the exit code is 2:
  $ havock8s explain disk latensy 200ms
  error: SENTENCE: the sentence has a problem
    disk latensy 200ms
         ^^^^^^^ ... did you mean "latency"?`;
