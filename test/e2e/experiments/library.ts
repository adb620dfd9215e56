/** Ready experiments of a cluster, as they stand: each comes to what its first line says, and leaves nothing on. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import type { Environment } from '../environment.js';
import { type Played, played } from './play-experiment.js';

const folder = 'manifests/experiments/cluster';
const boundS = 400;

/** `seen`: beyond what the file itself says. */
export interface ReadyExperiment {
  readonly file: string;
  /** Its text, with the names changed to those of another database, as its user would. */
  readonly renamed?: (text: string) => string;
  readonly seen?: (played: Played) => Promise<void> | void;
}

/** One after the other, for they are of the same pods. */
export function testReadyExperiments(
  environment: () => Environment,
  experiments: readonly ReadyExperiment[],
): void {
  for (const experiment of experiments)
    test(`${experiment.file}: as its first line says`, async (t) => {
      await playReady(t, environment(), experiment);
    });
}

/** As its user would find it. */
export const readyText = (file: string): string => readFileSync(`${folder}/${file}.yaml`, 'utf8');

async function playReady(
  t: TestContext,
  environment: Environment,
  { file, renamed = (text) => text, seen }: ReadyExperiment,
): Promise<void> {
  const text = readyText(file);
  const [, verdict, data] = /^# Verdict: (\w+)(?:, data: (\w+))?\./.exec(text) ?? [];
  await environment.succeed(['create', '-f', '-'], renamed(text));
  const result = await played(environment, file, boundS);
  const { said, object } = result;
  t.diagnostic(`${said}; ${JSON.stringify(object.status?.faults)}`);
  assert.ok(said.startsWith(`${verdict}: `), said);
  if (data !== undefined) assert.equal(object.status?.data, data, said);
  assert.equal(object.status?.faultsLeft, 0);
  for (const { name, pod, hits } of object.status?.faults ?? [])
    assert.ok((hits ?? 0) > 0 || file === 'flapping-replica', `${name} hit nothing on ${pod}`);
  await seen?.(result);
}

/** In front of pods that are Ready. */
export const serviceOf = (name: string, selector: object, port: number): object => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name },
  spec: { selector, ports: [{ port }] },
});

/** To the controller of the installation. */
export const secretReadable = (secret: string): readonly object[] => [
  {
    ...{ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata: { name: 'havock8s-secrets' } },
    rules: [{ apiGroups: [''], resources: ['secrets'], resourceNames: [secret], verbs: ['get'] }],
  },
  {
    ...{
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata: { name: 'havock8s-secrets' },
    },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'havock8s-secrets' },
    subjects: [{ kind: 'ServiceAccount', name: 'havock8s-controller', namespace: 'havock8s-system' }],
  },
];

/** The second kill was of the new primary. */
export async function twoWereDeleted(environment: Environment, { object }: Played): Promise<void> {
  const events = await environment.json<{ items: readonly { reason: string; message: string }[] }>([
    ...['get', 'events', `--field-selector=involvedObject.uid=${object.metadata.uid},reason=Changed`],
  ]);
  const deleted = events.items.map(({ message }) => message);
  assert.equal(new Set(deleted).size, 2, deleted.join('; '));
}
