/** Options of the commands that read manifests. */
import { Option } from 'commander';
import type { DeliveryFlags } from './deliver.js';

export interface ManifestFlags extends DeliveryFlags {
  readonly filename: readonly string[];
}

export interface ConfigFlags {
  readonly config?: string;
  readonly namespace: string;
}

export const filenameOption = (): Option =>
  new Option(
    '-f, --filename <file>',
    'manifests: a file, a directory, or - for stdin; may be repeated',
  ).argParser((value: string, others: readonly string[] = []) => [...others, value]);

export const configOption = (): Option =>
  new Option(
    '--config <file>',
    "the webhook's configuration: image, resources, podSelector (default: its own)",
  );

export const namespaceOption = (): Option =>
  new Option('-n, --namespace <name>', 'of what does not say its own').default('default');

export const deliveryOptions = (): readonly Option[] => [
  new Option('--diff', 'write what would change, as a unified diff, instead of the documents'),
  new Option('--check', 'write no documents; exit with 1 if something would change'),
  new Option('-w, --write', 'write the files back, instead of to stdout').conflicts(['diff', 'check']),
];
