/** A pod that asks to be injected, made as a person makes one, and what came of it. */
import type { V1Pod } from '@kubernetes/client-node';
import { isInjected, type StoredPod } from '../../webhook/pods.js';
import type { Environment } from '../environment.js';
import { idlePod } from '../idle-pod.js';

export interface Asked {
  readonly name: string;
  readonly injected: boolean;
  /** Of the whole command. */
  readonly tookMs: number;
  /** What its maker was warned of. */
  readonly warned: string;
}

export const askingPod = (name: string): V1Pod => idlePod(name, { inject: true });

/** Never scheduled: for who wants many, and only to see whether they are injected. */
export const gatedPod = (name: string): V1Pod => {
  const pod = askingPod(name);
  const spec = { ...pod.spec, containers: pod.spec?.containers ?? [] };
  return { ...pod, spec: { ...spec, schedulingGates: [{ name: 'havock8s.io/never' }] } };
};

/** Fails when the API server does not take it. */
export async function ask(environment: Environment, pod: V1Pod): Promise<Asked> {
  const beganMs = performance.now();
  const { code, stdout, stderr } = await environment.run(['create', '--output=json', '-f', '-'], pod);
  const tookMs = Math.round(performance.now() - beganMs);
  if (code !== 0) throw new Error(`the pod was refused: ${stderr}`);
  const made = JSON.parse(stdout) as StoredPod;
  return { name: made.metadata.name ?? '', injected: isInjected(made), tookMs, warned: stderr };
}

/** One after the other until one is injected; resolves with those that were not, and how long it took. */
export async function askUntilInjected(
  environment: Environment,
  prefix: string,
  boundMs: number,
): Promise<{ readonly without: readonly Asked[]; readonly afterMs: number }> {
  const beganMs = performance.now();
  const without: Asked[] = [];
  for (;;) {
    const asked = await ask(environment, gatedPod(`${prefix}-${without.length}`));
    const afterMs = Math.round(performance.now() - beganMs);
    if (asked.injected) return { without, afterMs };
    if (afterMs > boundMs) throw new Error(`no pod was injected within ${boundMs} ms`);
    without.push(asked);
  }
}

export async function untilReady(environment: Environment, name: string): Promise<void> {
  await environment.succeed(['wait', '--for=condition=Ready', `pod/${name}`, '--timeout=90s']);
}
