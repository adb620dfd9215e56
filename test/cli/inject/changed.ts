/** Manifests changed without a process of their own. */
import assert from 'node:assert/strict';
import {
  type ChangedFile,
  type InjectOptions,
  injectFiles,
  uninjectFiles,
} from '../../../cli/commands/inject/change-files.js';
import { type ManifestFile, parseManifests } from '../../../cli/manifests/parse-manifests.js';
import { defaultConfig } from '../../../webhook/injection-config.js';

export function readManifest(text: string): ManifestFile {
  const parsed = parseManifests({ name: 'm.yaml', path: null, text });
  if (parsed.kind === 'problems') assert.fail(JSON.stringify(parsed.problems));
  return parsed.file;
}

export function injected(text: string, options: Partial<InjectOptions> = {}): ChangedFile {
  const given = { config: defaultConfig, namespace: 'default', asked: false, ...options };
  return only(injectFiles([readManifest(text)], given));
}

export const uninjected = (text: string): ChangedFile => only(uninjectFiles([readManifest(text)]));

function only([file]: readonly ChangedFile[]): ChangedFile {
  assert.ok(file !== undefined);
  return file;
}
