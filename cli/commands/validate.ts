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
    .summary('check the files of experiments and their schedules')
    .description(
      'Checks the files of experiments and of their schedules as `run` and the controller do, sentences and conditions included, and tells every problem with its line and column. Runs nothing.',
    )
    .option(
      '-f, --filename <file>',
      'an experiment or a schedule: YAML or JSON, - for standard input; may be repeated',
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
  const [{ readFiles }, { definitionsOf }, { planOf }, { nextTimes, shownTime }] = await Promise.all([
    import('../manifests/read-files.js'),
    import('./run/definition-files.js'),
    import('../../experiment/engine/plan.js'),
    import('../../experiment/explain-schedule.js'),
  ]);
  const found = definitionsOf(await readFiles(named));
  const experiments = found.flatMap((one) => {
    if (one.kind !== 'experiment') return [];
    const plan = planOf(one.experiment);
    return [{ file: one.name, experiment: plan.name, steps: plan.steps.length, probes: plan.probes.length }];
  });
  const schedules = found.flatMap((one) => {
    if (one.kind !== 'schedule') return [];
    const { metadata, spec } = one.schedule;
    const next = nextTimes(spec, Date.now());
    return [{ file: one.name, schedule: metadata.name, timeZone: spec.timeZone, next }];
  });
  if (json) {
    const written = schedules.map(({ next, ...one }) => ({
      ...one,
      next: next.map((atMs) => new Date(atMs).toISOString()),
    }));
    printJson(out, { experiments, schedules: written });
    return;
  }
  for (const { file, experiment, steps, probes } of experiments)
    out.line(`${file}: ${experiment} is right: ${counted(steps, 'step')}, ${counted(probes, 'probe')}`);
  for (const { file, schedule, timeZone, next } of schedules) {
    const times = next.map((atMs) => shownTime(timeZone, atMs)).join(', ');
    out.line(`${file}: schedule ${schedule} is right; next: ${times}`);
  }
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
