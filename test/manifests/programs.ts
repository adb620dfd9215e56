/** Runs helm and kubectl as a person would, with nothing of that person's own settings. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';

/** What the cluster is taken for where helm asks none. */
const kubeVersion = '1.34.4';
const timeoutMs = 60_000;
export const chart = 'manifests/chart';
export const base = 'manifests/base';
export const ownNamespace = 'havock8s-system';

export interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  // biome-ignore lint/suspicious/noExplicitAny: tests look at fields of every kind; a missing one fails the test.
  readonly [field: string]: any;
}

export interface RunOptions {
  readonly kubeconfig?: string;
  readonly input?: string;
}

export function run(program: 'helm' | 'kubectl', args: readonly string[], options: RunOptions = {}): Ran {
  const home = mkdtempSync(join(tmpdir(), 'havock8s-manifests-'));
  try {
    const { status, stdout, stderr, error } = spawnSync(program, args, {
      encoding: 'utf8',
      timeout: timeoutMs,
      input: options.input ?? '',
      env: { PATH: process.env['PATH'], HOME: home, KUBECONFIG: options.kubeconfig ?? join(home, 'none') },
    });
    if (error !== undefined) throw error;
    return { status, stdout, stderr };
  } finally {
    rmSync(home, { recursive: true });
  }
}

/** Its standard output; throws with what it said where it failed. */
export function succeed(
  program: 'helm' | 'kubectl',
  args: readonly string[],
  options: RunOptions = {},
): string {
  const { status, stdout, stderr } = run(program, args, options);
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${status}: ${stderr}`);
  return stdout;
}

/** The chart's output, with `--set` for each of VALUES: `certs.source=files`. */
export function template(...values: readonly string[]): string {
  return succeed('helm', templateArgs(values));
}

export function templateArgs(values: readonly string[]): readonly string[] {
  const set = values.flatMap((value) => ['--set-json', value]);
  return ['template', 'havock8s', chart, '--namespace', ownNamespace, '--kube-version', kubeVersion, ...set];
}

export function objectsIn(yaml: string): readonly KubernetesObject[] {
  return parseAllDocuments(yaml)
    .map((document) => document.toJS() as KubernetesObject | null)
    .filter((object) => object !== null);
}

export function find(objects: readonly KubernetesObject[], kind: string, name: string): KubernetesObject {
  const found = objects.find((object) => object.kind === kind && object.metadata.name === name);
  if (found === undefined) throw new Error(`there is no ${kind} ${name}`);
  return found;
}
