/** Options of the commands that read manifests. */
import { readFile } from 'node:fs/promises';
import { Option } from 'commander';
import { defaultConfig, type InjectionConfig } from '../../webhook/injection-config.js';
import { BadInput } from '../bad-input.js';
import { type ManifestFile, parseManifests } from '../manifests/parse-manifests.js';
import { readFiles } from '../manifests/read-files.js';
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

/** Throws `BadInput` with every problem of every file. */
export async function readManifests({ filename, write }: ManifestFlags): Promise<readonly ManifestFile[]> {
  if (write === true && filename.includes('-'))
    throw new BadInput([{ subject: '--write', message: 'stdin cannot be written back' }]);
  const parsed = (await readFiles(filename)).map(parseManifests);
  const problems = parsed.flatMap((one) => (one.kind === 'problems' ? one.problems : []));
  if (problems.length > 0) throw new BadInput(problems);
  return parsed.flatMap((one) => (one.kind === 'parsed' ? [one.file] : []));
}

/** Throws `BadInput`. The reader is loaded only where there is something to read: it takes its time. */
export async function readConfigFile(path: string | undefined): Promise<InjectionConfig> {
  if (path === undefined) return defaultConfig;
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new BadInput([{ subject: `--config ${path}`, message: `it cannot be read (${error.code})` }]);
  });
  const { readConfig } = await import('../../webhook/read-config.js');
  const reading = readConfig(text);
  if (reading.kind === 'config') return reading.config;
  throw new BadInput(reading.problems.map(({ line, message }) => ({ subject: `${path}:${line}`, message })));
}
