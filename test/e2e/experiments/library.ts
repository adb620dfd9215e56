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
  readonly seen?: (played: Played) => Promise<void> | void;
}

/** One after the other, for they are of the same pods. */
export function testReadyExperiments(
  environment: () => Environment,
  experiments: readonly ReadyExperiment[],
): void {
  for (const { file, seen } of experiments)
    test(`${file}: as its first line says`, async (t) => {
      const result = await playReady(t, environment(), file);
      await seen?.(result);
    });
}

async function playReady(t: TestContext, environment: Environment, file: string): Promise<Played> {
  const path = `${folder}/${file}.yaml`;
  const [, verdict, data] = /^# Verdict: (\w+)(?:, data: (\w+))?\./.exec(readFileSync(path, 'utf8')) ?? [];
  await environment.succeed(['create', '-f', path]);
  const result = await played(environment, file, boundS);
  const { said, object } = result;
  t.diagnostic(`${said}; ${JSON.stringify(object.status?.faults)}`);
  assert.ok(said.startsWith(`${verdict}: `), said);
  if (data !== undefined) assert.equal(object.status?.data, data, said);
  assert.equal(object.status?.faultsLeft, 0);
  for (const { name, pod, hits } of object.status?.faults ?? [])
    assert.ok((hits ?? 0) > 0 || file === 'flapping-replica', `${name} hit nothing on ${pod}`);
  return result;
}

/** In front of pods that are Ready. */
export const serviceOf = (name: string, selector: object, port: number): object => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name },
  spec: { selector, ports: [{ port }] },
});
