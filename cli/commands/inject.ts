/** `havock8s inject`: what the webhook does to pods, done to manifests by hand. */
import { Command } from 'commander';
import { consoleOf } from '../command-options.js';
import type { Console } from '../terminal/console.js';
import {
  type ConfigFlags,
  configOption,
  deliveryOptions,
  filenameOption,
  type ManifestFlags,
  namespaceOption,
} from './inject/manifest-options.js';

type InjectFlags = ManifestFlags & ConfigFlags & { readonly asked?: boolean };

export function injectCommand(): Command {
  const command = new Command('inject')
    .summary('put the sidecar into manifests')
    .description(
      'Puts the sidecar into the pods of manifests, as the webhook would, and writes them to stdout; a table of what became of each goes to stderr. Comments, order and whatever is none of ours stay as they are.',
    )
    .addOption(filenameOption().makeOptionMandatory())
    .addOption(configOption())
    .addOption(namespaceOption())
    .option(
      '--asked',
      'only what asks for it, by its annotation or by labels that the configuration selects',
    );
  for (const option of deliveryOptions()) command.addOption(option);
  return command.addHelpText('after', examples).action(async (flags: InjectFlags, self: Command) => {
    process.exitCode = await inject(flags, consoleOf(self));
  });
}

/** What it takes is loaded when it runs, since every command has this file loaded. */
async function inject(flags: InjectFlags, console: Console): Promise<number> {
  const [{ readConfigFile, readManifests }, { injectFiles }, { deliver }] = await Promise.all([
    import('./inject/read-manifests.js'),
    import('./inject/change-files.js'),
    import('./inject/deliver.js'),
  ]);
  const config = await readConfigFile(flags.config);
  const { namespace, asked = false } = flags;
  return deliver(
    injectFiles(await readManifests(flags, console.err), { config, namespace, asked }),
    flags,
    console,
  );
}

const examples = `
Examples:
  havock8s inject -f statefulset.yaml | kubectl apply -f -
  helm template my-postgres ./chart | havock8s inject -f - | kubectl apply -f -
  havock8s inject -f manifests/ --diff
  havock8s inject -f manifests/ --check --asked
  havock8s inject -f statefulset.yaml --write

Pods, StatefulSets, Deployments, DaemonSets, ReplicaSets, ReplicationControllers, Jobs, CronJobs, and lists of them,
in YAML or JSON. What is of another kind passes through untouched. To ask here is to ask: no annotation and no label
is needed, but havock8s.io/inject: "false" on the pod template holds. The webhook leaves alone what was injected here.

Exit codes:
  0  done; with --check: nothing would change
  1  with --check: something would change; or a file could not be written
  2  bad usage, a bad manifest, or a bad fault on a pod template; nothing was written`;
