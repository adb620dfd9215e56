/** `havock8s uninject`: manifests as they were before `havock8s inject`. */
import { Command } from 'commander';
import { consoleOf } from '../command-options.js';
import type { Console } from '../terminal/console.js';
import { deliveryOptions, filenameOption, type ManifestFlags } from './inject/manifest-options.js';

export function uninjectCommand(): Command {
  const command = new Command('uninject')
    .summary('take the sidecar out of manifests')
    .description(
      'Takes the sidecar out of the pods of manifests again, also of what kubectl get -o yaml shows of injected pods, and writes them to stdout. Annotated faults stay.',
    )
    .addOption(filenameOption().makeOptionMandatory());
  for (const option of deliveryOptions()) command.addOption(option);
  return command.addHelpText('after', examples).action(async (flags: ManifestFlags, self: Command) => {
    process.exitCode = await uninject(flags, consoleOf(self));
  });
}

async function uninject(flags: ManifestFlags, console: Console): Promise<number> {
  const [{ readManifests }, { uninjectFiles }, { deliver }] = await Promise.all([
    import('./inject/read-manifests.js'),
    import('./inject/change-files.js'),
    import('./inject/deliver.js'),
  ]);
  return deliver(uninjectFiles(await readManifests(flags, console.err)), flags, console);
}

const examples = `
Examples:
  havock8s uninject -f statefulset.yaml --write
  kubectl get pod my-postgres-0 -o yaml | havock8s uninject -f - --diff

Exit codes:
  0  done; with --check: nothing would change
  1  with --check: something would change; or a file could not be written
  2  bad usage or a bad manifest; nothing was written`;
