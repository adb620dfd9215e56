/** What only Kubernetes has: a pod whose disk hangs is deleted, and comes back to the same data. */
import { setTimeout as wait } from 'node:timers/promises';
import { HavocError } from '../../core/havoc-error.js';
import { hitWords } from './hit-words.js';
import { graceS } from './names.js';
import { annotating, type PodSidecar } from './pod-sidecar.js';
import type { TypedKubectl } from './typed-kubectl.js';

const name = 'frozen-for-good';
const freezing = 'disk freeze for 5m';

const frozenMs = 2000;
const boundS = 120;

/** Resolves to what happened, in words. Rejects with `demo.failed` when the pod came back to another volume. */
export async function deleteFrozen(sidecar: PodSidecar): Promise<string> {
  const { kubectl, pod } = sidecar;
  const disk = await diskOf(kubectl, pod);
  await kubectl.type(annotating(pod, name, freezing));
  await wait(frozenMs);
  const hit = hitWords(await sidecar.fault(name));
  const deletedMs = performance.now();
  await kubectl.type(['delete', 'pod', pod, `--timeout=${boundS}s`]);
  const gone = secondsSince(deletedMs);
  await kubectl.succeed(['wait', `pod/${pod}`, '--for=create', `--timeout=${boundS}s`]);
  await kubectl.type(['wait', `pod/${pod}`, '--for=condition=Ready', `--timeout=${boundS}s`]);
  const ready = secondsSince(deletedMs);
  if ((await diskOf(kubectl, pod)) !== disk)
    throw new HavocError('demo.failed', `${pod} did not come back to ${disk}`);
  return `${hit}; pod gone in ${gone} (grace ${graceS} s), Ready on the same volume after ${ready}`;
}

const diskOf = (kubectl: TypedKubectl, pod: string): Promise<string> =>
  kubectl.succeed(['get', 'pvc', `data-${pod}`, '--output=jsonpath={.spec.volumeName}']);

const secondsSince = (ms: number): string => `${((performance.now() - ms) / 1000).toFixed(1)} s`;
