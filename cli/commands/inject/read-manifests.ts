/** What the options name, read: manifests, and the webhook's configuration. */
import { readFile } from 'node:fs/promises';
import { printable } from '../../../core/printable.js';
import { defaultConfig, type InjectionConfig } from '../../../webhook/injection-config.js';
import { BadInput } from '../../bad-input.js';
import { type ManifestFile, parseManifests } from '../../manifests/parse-manifests.js';
import { readFiles } from '../../manifests/read-files.js';
import type { Sheet } from '../../terminal/console.js';
import type { ManifestFlags } from './manifest-options.js';

/** Throws `BadInput` with every problem of every file. What is only odd is told to `err`. */
export async function readManifests(
  { filename, write }: ManifestFlags,
  err: Sheet,
): Promise<readonly ManifestFile[]> {
  if (write === true && filename.includes('-'))
    throw new BadInput([{ subject: '--write', message: 'stdin cannot be written back' }]);
  const parsed = (await readFiles(filename)).map(parseManifests);
  const problems = parsed.flatMap((one) => (one.kind === 'problems' ? one.problems : []));
  if (problems.length > 0) throw new BadInput(problems);
  const files = parsed.flatMap((one) => (one.kind === 'parsed' ? [one.file] : []));
  for (const { subject, message } of files.flatMap(({ oddities }) => oddities))
    err.line(`${err.ink.yellow('note:')} ${printable(subject)}: ${message}`);
  return files;
}

/** Throws `BadInput`. The reader is loaded only where there is something to read: it takes its time. */
export async function readConfigFile(path: string | undefined): Promise<InjectionConfig> {
  if (path === undefined) return defaultConfig;
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new BadInput([{ subject: `--config ${path}`, message: `it cannot be read (${error.code})` }]);
  });
  const { readConfig } = await import('../../../webhook/read-config.js');
  const reading = readConfig(text);
  if (reading.kind === 'config') return reading.config;
  throw new BadInput(reading.problems.map(({ line, message }) => ({ subject: `${path}:${line}`, message })));
}
