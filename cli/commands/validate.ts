/** `havock8s validate`: whether files are experiments, and every problem of those that are not. Nothing is run. */
import { Command } from 'commander';
import { counted } from '../../experiment/report/words.js';
import { append, consoleOf } from '../command-options.js';
import { type Console, printJson } from '../terminal/console.js';

interface ValidateFlags {
  readonly filename?: readonly string[];
  readonly schema?: boolean;
}

export function validateCommand(): Command {
  return new Command('validate')
    .summary('check the files of experiments')
    .description(
      'Checks the files of experiments as `run` does, sentences and conditions included, and tells every problem with its line and column. Runs nothing.',
    )
    .option(
      '-f, --filename <file>',
      'an experiment: YAML or JSON, - for standard input; may be repeated',
      append,
    )
    .option('--schema', 'print the JSON Schema of experiments, for editors, and check nothing')
    .addHelpText('after', examples)
    .action(async ({ filename = [], schema = false }: ValidateFlags, command: Command) => {
      const console = consoleOf(command);
      if (schema) await printSchema(console);
      else if (filename.length === 0) command.error('error: missing -f FILE, or --schema');
      else await validate(filename, console);
    });
}

async function printSchema({ out }: Console): Promise<void> {
  const { experimentJsonSchema } = await import('../../experiment/file/json-schema.js');
  printJson(out, experimentJsonSchema());
}

async function validate(named: readonly string[], { json, out }: Console): Promise<void> {
  const [{ experimentFiles }, { planOf }] = await Promise.all([
    import('./run/experiment-files.js'),
    import('../../experiment/engine/plan.js'),
  ]);
  const found = (await experimentFiles(named)).map(({ name, experiment }) => {
    const plan = planOf(experiment);
    return { file: name, experiment: plan.name, steps: plan.steps.length, probes: plan.probes.length };
  });
  if (json) printJson(out, { experiments: found });
  else
    for (const { file, experiment, steps, probes } of found)
      out.line(`${file}: ${experiment} is right: ${counted(steps, 'step')}, ${counted(probes, 'probe')}`);
}

const examples = `
Examples:
  havock8s validate -f slow-fsync.yaml
  havock8s validate --schema > experiment.schema.json

An editor with the YAML language server completes and checks fields by this line at the top of a file:
  # yaml-language-server: $schema=experiment.schema.json

Exit codes:
  0  every file is right
  2  one is not`;
